package dev.headgate.lab.provider;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/** Answers that are never scripted. */
final class SmallAnswers {
    private SmallAnswers() {}

    /** Returns the list of models. */
    static String models(Collection<String> names) {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        for (String name : names) {
            data.addObject()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", 0)
                    .put("owned_by", "lab");
        }
        return Json.text(list);
    }
}
