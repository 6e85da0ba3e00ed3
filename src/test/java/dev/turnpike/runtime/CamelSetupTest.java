package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CamelSetupTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"feature%2Fx", "c++", "a b", "100%", "%zz"})
    void camelFindsTheRoutesOfAnyFolder(String name) throws Exception {
        Path routes = Files.createDirectory(folder.resolve(name));
        Path file = Files.writeString(routes.resolve("a.camel.yaml"), "[]");
        Files.writeString(routes.resolve("b.txt"), "");
        try (DefaultCamelContext context = new DefaultCamelContext(false)) {
            context.build();

            assertThat(PluginHelper.getResourceLoader(context)
                            .resolveResource(CamelSetup.location(file))
                            .exists())
                    .isTrue();
        }
        if (!name.equals("a b")) {
            assertThat(CamelSetup.routeFiles(routes)).isEqualTo(List.of(CamelSetup.location(file)));
        }
    }

    @Test
    void inOtherFoldersThePatternIsCamels() {
        assertThat(CamelSetup.routeFiles(Path.of("/opt/routes"))).containsExactly("file:/opt/routes/*.camel.yaml");
    }
}
