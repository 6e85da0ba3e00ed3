package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.apache.camel.spi.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteFileTest {
    private static final String ROUTE = "- route: {id: %s, from: {uri: \"direct:%s\", steps: [{log: x}]}}";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "feature%2Fx",
                "c++",
                "a b",
                "100%",
                "%zz",
                "a,b",
                "{{cookiecutter.name}}",
                "{{x",
                "now!",
                "a?b",
                "a*b",
                "[a]",
                "a\\b",
                "#1",
                "${x}",
                "ü"
            })
    void camelMainTakesTheRoutesOfAnyFolder(String name) throws Exception {
        Path routes = Files.createDirectory(folder.resolve(name));
        Files.writeString(routes.resolve("a.camel.yaml"), ROUTE.formatted("a", "a"));
        Files.writeString(routes.resolve("b.camel.yaml"), ROUTE.formatted("b", "b"));
        Files.writeString(routes.resolve("c.txt"), ROUTE.formatted("c", "c"));
        // the lock of an editor, and a folder
        Files.createSymbolicLink(routes.resolve(".#a.camel.yaml"), Path.of("nobody@nowhere.1"));
        Files.createDirectory(routes.resolve("d.camel.yaml"));
        // one that the name would match as a pattern
        Path other = Files.createDirectory(folder.resolve("a-b"));
        Files.writeString(other.resolve("a.camel.yaml"), ROUTE.formatted("a", "a"));
        Main main = new Main();
        main.setPropertyPlaceholderLocations("false");
        main.setRoutesCollector(RouteFile.collector(RouteFile.in(routes).toList()));
        try {
            main.start();

            assertThat(main.getCamelContext().getRoutes())
                    .extracting(Route::getRouteId)
                    .containsExactly("a", "b");
        } finally {
            main.stop();
        }
    }

    @Test
    void aFolderThatIsMissingHasNone() {
        List<Resource> none = RouteFile.in(folder.resolve("missing")).toList();

        assertThat(none).isEmpty();
    }
}
