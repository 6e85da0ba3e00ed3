package dev.turnpike.runtime;

import dev.turnpike.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceSupport;

/**
 * A route file at a path as it is. Camel's own locations are patterns, encoded URIs, lists with commas and texts with
 * placeholders, while folders are called {@code c++}, {@code feature%2Fx}, {@code a,b} and {@code {{cookiecutter.name}}}.
 */
final class RouteFile extends ResourceSupport {
    private static final String SUFFIX = ".camel.yaml";

    private final Path path;

    RouteFile(Path path) {
        super("file", path.toString().replace("{{", "{"));
        this.path = path;
    }

    /** Those of both folders that settings name, in the order of their names. */
    static Collection<Resource> all(Settings settings) {
        return Stream.of("routes", "routes.extra")
                .filter(settings::isSet)
                .flatMap(name -> in(settings.path(name)))
                .toList();
    }

    static Stream<Resource> in(Path folder) {
        File[] files = folder.toFile().listFiles((in, name) -> name.endsWith(SUFFIX));
        return Stream.ofNullable(files)
                .flatMap(Stream::of)
                .filter(File::isFile)
                .sorted()
                .map(file -> new RouteFile(file.toPath()));
    }

    /** Hands these files to Camel Main, whatever the pattern. */
    static DefaultRoutesCollector collector(Collection<Resource> files) {
        return new DefaultRoutesCollector() {
            @Override
            public Collection<RoutesBuilder> collectRoutesFromDirectory(
                    CamelContext context, String exclude, String include) {
                try {
                    return PluginHelper.getRoutesLoader(context).findRoutesBuilders(files);
                } catch (Exception e) {
                    throw RuntimeCamelException.wrapRuntimeCamelException(e);
                }
            }
        };
    }

    @Override
    public boolean exists() {
        return Files.exists(path);
    }

    @Override
    public URI getURI() {
        return path.toUri();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return Files.newInputStream(path);
    }
}
