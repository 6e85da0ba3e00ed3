package dev.turnpike.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The arrows between the packages, as {@code docs/architecture.md} draws them, and what no class may do. */
@Tag("thorough")
class ArchitectureTest {
    private static final String ROOT = "dev.turnpike.";

    /**
     * What each package may know. Packages that are not named here are on top: they may know
     * everything but the sandbox, and nothing that is named may know them. All may know json and retry.
     */
    private static final Map<String, Set<String>> BELOW = Map.ofEntries(
            Map.entry("http", Set.of()),
            Map.entry("json", Set.of()),
            Map.entry("retry", Set.of()),
            Map.entry("sandbox.http", Set.of()),
            Map.entry("sandbox.world", Set.of("sandbox.http")),
            Map.entry("sandbox.api", Set.of("sandbox.http", "sandbox.world")),
            Map.entry("sandbox.faults", Set.of("sandbox.api", "sandbox.http")),
            Map.entry("kafka", Set.of()),
            Map.entry("commandline.output", Set.of("board", "doctor", "http", "runtime", "settings", "sinks.replay")),
            Map.entry("board", Set.of("events", "kafka")),
            Map.entry("settings", Set.of("http")),
            Map.entry("credentials", Set.of("http")),
            Map.entry("codex", Set.of("credentials")),
            Map.entry("codex.call", Set.of("codex", "credentials", "http")),
            Map.entry("comparison", Set.of("codex")),
            Map.entry("events", Set.of("codex", "comparison", "credentials")),
            Map.entry("shard", Set.of("events", "kafka")),
            Map.entry("publishing", Set.of("codex", "comparison", "credentials", "events", "shard")),
            Map.entry("usage", Set.of("codex", "codex.call", "comparison", "credentials", "events", "shard")),
            Map.entry("alerts", Set.of("codex", "comparison", "credentials", "events", "shard")),
            Map.entry("commands", Set.of("codex", "codex.call", "credentials", "events", "kafka", "shard", "usage")),
            Map.entry(
                    "polling", Set.of("alerts", "codex", "comparison", "credentials", "events", "publishing", "shard")),
            Map.entry(
                    "scan",
                    Set.of(
                            "codex",
                            "codex.call",
                            "comparison",
                            "credentials",
                            "events",
                            "polling",
                            "publishing",
                            "shard")));

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPath(Path.of("target", "classes"));
    private static final JavaClasses TESTS = new ClassFileImporter().importPath(Path.of("target", "test-classes"));

    @Test
    void thereIsNoCycleBetweenPackages() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void thePackagesKnowOnlyWhatIsBelowThem() {
        Map<String, Set<String>> forbidden = new TreeMap<>();
        for (JavaClass from : PRODUCT) {
            Set<String> allowed = BELOW.get(packageOf(from));
            if (allowed != null) {
                for (Dependency arrow : from.getDirectDependenciesFromSelf()) {
                    JavaClass to = arrow.getTargetClass();
                    if (to.getPackageName().startsWith(ROOT)
                            && !packageOf(to).equals(packageOf(from))
                            && !Set.of("json", "retry").contains(packageOf(to))
                            && !allowed.contains(packageOf(to))) {
                        forbidden
                                .computeIfAbsent(packageOf(from) + " -> " + packageOf(to), key -> new TreeSet<>())
                                .add(arrow.getDescription());
                    }
                }
            }
        }

        assertThat(forbidden).isEmpty();
        assertThat(PRODUCT.stream().map(ArchitectureTest::packageOf))
                .as("every package of the table is there")
                .containsAll(BELOW.keySet());
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
    }

    @Test
    void theSandboxSharesNothingWithTheProduct() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "sandbox..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.turnpike..").and(resideOutside(ROOT + "sandbox..")))
                .check(PRODUCT);
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "sandbox..")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "commandline.SandboxCommand")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "commandline.SandboxOptions")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "sandbox..")
                .check(PRODUCT);
    }

    @Test
    void aSinkIsAReaderOfTheTopicsLikeAnyOther() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "sinks..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.turnpike..")
                        .and(resideOutside(
                                ROOT + "sinks..",
                                ROOT + "events",
                                ROOT + "http",
                                ROOT + "json",
                                ROOT + "kafka",
                                ROOT + "retry",
                                ROOT + "settings")))
                .check(PRODUCT);
    }

    private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> resideOutside(String... packages) {
        return JavaClass.Predicates.resideOutsideOfPackages(packages);
    }

    @Test
    void theComparisonIsPure() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "comparison")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.net..",
                        "java.util.concurrent..",
                        "org.apache..",
                        "org.slf4j..")
                .check(PRODUCT);
    }

    @Test
    void onlyWhatARouteNamesKnowsCamel() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + "alerts",
                        ROOT + "codex",
                        ROOT + "comparison",
                        ROOT + "credentials",
                        ROOT + "events",
                        ROOT + "kafka",
                        ROOT + "publishing",
                        ROOT + "settings",
                        ROOT + "shard",
                        ROOT + "usage",
                        ROOT + "sandbox..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.camel..")
                .check(PRODUCT);
    }

    @Test
    void onlyTheShardsAndWhatIsBesideThemSpeakToKafka() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + "codex..",
                        ROOT + "credentials",
                        ROOT + "http",
                        ROOT + "publishing",
                        ROOT + "usage",
                        ROOT + "alerts",
                        ROOT + "sandbox..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(PRODUCT);
    }

    @Test
    void timeComesFromTheClockThatIsHandedIn() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(OffsetDateTime.class, "now")
                .orShould()
                .callMethod(ZonedDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(PRODUCT);
    }

    /** Jackson's own limits refuse what the product lets through. */
    @Test
    void jsonIsReadWithTheLimitsOfTheProduct() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + "json.Json")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "sandbox.http.SandboxJson")
                .should()
                .callConstructorWhere(target(owner(assignableTo(ObjectMapper.class))))
                .orShould()
                .callConstructorWhere(target(owner(assignableTo(JsonFactory.class))))
                .orShould()
                .callMethodWhere(target(name("builder"))
                        .and(target(owner(assignableTo(ObjectMapper.class).or(assignableTo(JsonFactory.class))))))
                .check(PRODUCT);
    }

    @Test
    void onlyTheCommandLineWritesToTheTerminal() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "commandline..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(PRODUCT);
    }

    @Test
    void everythingLogsTheSameWay() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(PRODUCT);
    }

    @Test
    void classesAreNamedForWhatTheyAre() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Utils?|Helpers?|Impl|Service)(\\$.*)?")
                .check(PRODUCT);
    }

    @Test
    void testsWaitForWhatTheyExpectRatherThanForATime() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(TESTS);
    }
}
