package dev.headgate.app.config;

import dev.headgate.core.failover.FailoverPlan.Fallback;
import dev.headgate.core.failover.FailoverPlan.ModelRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads which model goes to which pool, and refuses fallbacks that lead nowhere or in a circle. */
final class RouteReader {
    private static final Kind<String> MODEL = Kind.text("a model");

    /** A model in a pool. */
    private record Place(String model, String pool) {}

    private final Kind<String> pool;
    private final Set<String> routed = new HashSet<>();
    private final Map<Place, List<Place>> next = new HashMap<>();

    private RouteReader(Set<String> pools) {
        pool = Kind.text(
                pools.isEmpty()
                        ? "a pool with backends"
                        : "one of the pools with backends: " + String.join(", ", pools),
                name -> Optional.of(name).filter(pools::contains));
    }

    /** Reads routes into the pools of these names. */
    static List<ModelRoute> read(List<Section> sections, Set<String> pools) {
        RouteReader reader = new RouteReader(pools);
        List<ModelRoute> routes = new ArrayList<>();
        for (Section section : sections) {
            reader.read(section).ifPresent(routes::add);
        }
        for (int i = 0; i < routes.size() && routes.size() == sections.size(); i++) {
            reader.checkEnds(sections.get(i), routes.get(i));
        }
        return routes;
    }

    private Optional<ModelRoute> read(Section section) {
        List<String> models = section.values("models", MODEL, List.of());
        if (models.isEmpty() && section.isSound()) {
            section.problem("models", "none (expected: at least one model)");
        }
        Optional<String> to = section.required("pool", pool);
        List<Fallback> fallbacks = new ArrayList<>();
        for (Section fallback : section.sections("fallbacks")) {
            Optional<String> model = fallback.required("model", MODEL);
            Optional<String> other = fallback.required("pool", pool);
            fallback.end();
            if (model.isPresent() && other.isPresent()) {
                fallbacks.add(new Fallback(model.get(), other.get()));
            }
        }
        section.end();
        if (to.isEmpty() || !section.isSound()) {
            return Optional.empty();
        }
        for (String model : models) {
            if (!routed.add(model)) {
                section.problem("models", Reading.shown(model) + " (expected: a model that no other route has)");
            }
            List<Place> places = fallbacks.stream()
                    .map(fallback -> new Place(fallback.model(), fallback.pool()))
                    .toList();
            next.put(new Place(model, to.get()), places);
        }
        return Optional.of(new ModelRoute(models, to.get(), fallbacks));
    }

    private void checkEnds(Section section, ModelRoute route) {
        for (String model : route.models()) {
            Optional<String> circle = circle(new Place(model, route.pool()));
            if (circle.isPresent()) {
                section.problem("fallbacks", circle.get() + " (expected: fallbacks that do not lead back)");
                return;
            }
        }
    }

    /** Returns the way from a place back to it, if there is one. */
    private Optional<String> circle(Place start) {
        Set<Place> seen = new HashSet<>();
        List<List<Place>> open = new ArrayList<>(List.of(List.of(start)));
        while (!open.isEmpty()) {
            List<Place> path = open.removeLast();
            for (Place place : next.getOrDefault(path.getLast(), List.of())) {
                List<Place> longer = new ArrayList<>(path);
                longer.add(place);
                if (place.equals(start)) {
                    return Optional.of(
                            String.join(" → ", longer.stream().map(Place::model).toList()));
                }
                if (seen.add(place)) {
                    open.add(longer);
                }
            }
        }
        return Optional.empty();
    }
}
