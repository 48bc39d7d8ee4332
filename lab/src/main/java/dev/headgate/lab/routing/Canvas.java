package dev.headgate.lab.routing;

/** Something to draw on, in pixels from the upper left corner. */
interface Canvas {
    /** Draws a line of {@code width} in {@code colour}. */
    void line(double x1, double y1, double x2, double y2, Pen pen);

    /** Draws a filled circle. */
    void dot(double x, double y, double radius, String colour);

    /** Writes {@code text} from {@code x} on, its base line at {@code y}. */
    void text(double x, double y, String text, Font font);

    /** How wide, and in which colour as {@code #rrggbb}. */
    record Pen(double width, String colour) {}

    /** How large, in which colour, and whether {@code x} is the end of the text. */
    record Font(int size, String colour, Anchor anchor) {}

    /** What {@code x} is of a text. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }
}
