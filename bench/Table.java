import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What was measured, printed as it comes and as Markdown in the end; zero is what was not measured. */
final class Table {
    private record Cost(double seconds, double cpuMillis, double megabytes, int tasks) {}

    private static final class Measured {
        private final List<Cost> costs = new ArrayList<>();
        private final List<String> failures = new ArrayList<>();
        private String note = "";

        double median(ToDoubleFunction<Cost> value) {
            List<Double> sorted = costs.stream().map(value::applyAsDouble).sorted().toList();
            return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
        }
    }

    private final Map<String, Measured> rows = new LinkedHashMap<>();
    private final Map<String, Function<Table, Cost>> targets = new LinkedHashMap<>();

    void add(String row, String note, double seconds, double cpuMillis, double megabytes) {
        add(row, note, seconds, cpuMillis, megabytes, 0);
    }

    void add(String row, String note, double seconds, double cpuMillis, double megabytes, int tasks) {
        Cost cost = new Cost(seconds, cpuMillis, megabytes, tasks);
        Measured measured = rows.computeIfAbsent(row, key -> new Measured());
        measured.costs.add(cost);
        measured.note = note;
        System.out.printf(Locale.ROOT, "  %-55s %8s s %8s/s %8s ms CPU %5s MiB  %s%n",
                row, dash(seconds(cost)), dash(rate(cost)), dash(cpu(cost)), dash(memory(cost)), note);
    }

    void failed(String row, String why) {
        rows.computeIfAbsent(row, key -> new Measured()).failures.add(why);
        System.out.println("  " + row + " FAILED: " + why);
    }

    boolean isComplete() {
        return rows.values().stream().allMatch(row -> row.failures.isEmpty());
    }

    void target(String row, Function<Table, Cost> target) {
        targets.put(row, target);
    }

    static Function<Table, Cost> atMost(double seconds, double cpuMillis, double megabytes) {
        return table -> new Cost(seconds, cpuMillis, megabytes, 0);
    }

    /** In parts of what the loops take. */
    static Function<Table, Cost> contestTarget(boolean published, String plain, String script) {
        return table -> {
            Measured loop = table.rows.getOrDefault(plain, new Measured());
            double seconds = loop.median(Cost::seconds) / (published ? 0.7 : 0.5);
            double ofScript = table.rows.getOrDefault(script, new Measured()).median(Cost::seconds) / 0.5;
            return new Cost(
                    published && ofScript > 0 ? Math.min(seconds, ofScript) : seconds,
                    published ? loop.median(Cost::cpuMillis) * 1.5 : 0,
                    0,
                    0);
        };
    }

    String text(String description) {
        StringBuilder text = new StringBuilder(description)
                .append("| what | | seconds | per second | CPU, ms | memory, MiB | target, at most | |\n")
                .append("|---|---|---:|---:|---:|---:|---|---|\n");
        rows.forEach((name, row) -> {
            if (row.costs.isEmpty()) {
                text.append(String.format("| %s | failed: %s | | | | | | |%n", name, cell(row.failures.get(0))));
                return;
            }
            Cost median = new Cost(
                    row.median(Cost::seconds),
                    row.median(Cost::cpuMillis),
                    row.median(Cost::megabytes),
                    row.costs.get(0).tasks());
            Cost target = targets.getOrDefault(name, atMost(0, 0, 0)).apply(this);
            text.append(String.format(
                    "| %s | %s | %s | %s | %s | %s | %s | %s |%n",
                    name,
                    row.note + (row.failures.isEmpty() ? "" : "; " + row.failures.size() + " rounds failed: " + cell(row.failures.get(0))),
                    seconds(median),
                    rate(median),
                    cpu(median),
                    memory(median),
                    words(target),
                    words(target).isEmpty() ? "" : isReached(median, target) ? "reached" : "**missed**"));
        });
        return text.toString();
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String cell(String text) {
        return text.replace('|', '/').replace('\n', ' ');
    }

    private static boolean isReached(Cost median, Cost target) {
        return (target.seconds() == 0 || median.seconds() <= target.seconds())
                && (target.cpuMillis() == 0 || median.cpuMillis() <= target.cpuMillis())
                && (target.megabytes() == 0 || median.megabytes() <= target.megabytes());
    }

    private static String words(Cost target) {
        List<String> words = new ArrayList<>();
        if (target.seconds() > 0) {
            words.add(seconds(target) + " s");
        }
        if (target.cpuMillis() > 0) {
            words.add(cpu(target) + " ms CPU");
        }
        if (target.megabytes() > 0) {
            words.add(memory(target) + " MiB");
        }
        return String.join(", ", words);
    }

    private static String seconds(Cost cost) {
        return cost.seconds() == 0 ? "" : String.format(Locale.ROOT, cost.seconds() < 1 ? "%.3f" : "%.2f", cost.seconds());
    }

    private static String rate(Cost cost) {
        return cost.tasks() == 0 ? "" : String.format(Locale.ROOT, "%,.0f", cost.tasks() / cost.seconds());
    }

    private static String cpu(Cost cost) {
        return cost.cpuMillis() == 0 ? "" : String.format(Locale.ROOT, cost.cpuMillis() < 100 ? "%.1f" : "%,.0f", cost.cpuMillis());
    }

    private static String memory(Cost cost) {
        return cost.megabytes() == 0 ? "" : String.format(Locale.ROOT, "%.0f", cost.megabytes());
    }
}
