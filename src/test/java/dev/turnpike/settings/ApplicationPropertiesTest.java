package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ApplicationPropertiesTest {
    private static final Path FILE = Path.of("application.properties");

    @Test
    void namesEverySettingWithItsDefaultUnderOneLineOfComment() throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        for (Setting setting : Catalogue.ALL) {
            String value = ("#" + setting.name() + " = " + setting.defaultText()).stripTrailing();
            assertThat(lines).contains(value);
            assertThat(lines.get(lines.indexOf(value) - 1)).matches("# [A-Z].*[^.]");
        }
    }

    @Test
    void namesNothingElse() throws IOException {
        List<String> names = Files.readAllLines(FILE).stream()
                .filter(line -> line.matches("#[a-z].*"))
                .map(line -> line.substring(1).replaceFirst(" *=.*", ""))
                .toList();

        assertThat(names)
                .containsExactlyElementsOf(
                        Catalogue.ALL.stream().map(Setting::name).toList());
    }

    @Test
    void isReadAsItShipsAndWithEveryLineTakenIn() throws IOException {
        Settings shipped = Settings.load(FILE, Map.of(), Map.of());
        assertThat(Catalogue.ALL).allMatch(setting -> shipped.isDefault(setting.name()));

        Path all = Files.createTempFile("all", ".properties");
        Files.writeString(all, Files.readString(FILE).replaceAll("(?m)^#(?=[a-z])", ""));
        Settings takenIn =
                Settings.load(all, Map.of("TURNPIKE_HOME", all.getParent().toString()), Map.of());
        Files.delete(all);
        Settings defaults =
                Settings.load(null, Map.of("TURNPIKE_HOME", all.getParent().toString()), Map.of());
        assertThat(takenIn.asProperties()).isEqualTo(defaults.asProperties());
    }

    @Test
    void isFreeOfDoubledKeys() throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(FILE)) {
            properties.load(reader);
        }
        assertThat(PropertiesFile.read(FILE)).hasSameSizeAs(properties.entrySet());
    }
}
