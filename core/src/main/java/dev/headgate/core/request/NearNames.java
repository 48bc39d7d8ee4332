package dev.headgate.core.request;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** Which of the known names someone may have meant: by the number of letters to insert, drop or replace. */
public final class NearNames {
    private static final int LONGEST = 100; // keeps the work small whatever a caller sends

    private NearNames() {}

    /** Returns at most {@code most} of {@code known} that differ from {@code name} in at most half of its letters. */
    public static List<String> of(String name, Collection<String> known, int most) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return List.of();
        }
        String wanted = name.toLowerCase(Locale.ROOT);
        List<String> near = new ArrayList<>();
        for (String each : new TreeSet<>(known)) {
            if (each.length() <= LONGEST && distance(wanted, each.toLowerCase(Locale.ROOT)) <= name.length() / 2) {
                near.add(each);
            }
        }
        near.sort(Comparator.comparingInt(each -> distance(wanted, each.toLowerCase(Locale.ROOT))));
        return near.size() > most ? List.copyOf(near.subList(0, most)) : near;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
