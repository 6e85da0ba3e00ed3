package dev.turnpike.commandline.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.turnpike.json.Json;
import dev.turnpike.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every setting with its value and where it was given. */
public final class SettingsTable {
    private final Settings settings;

    public SettingsTable(Settings settings) {
        this.settings = settings;
    }

    public List<String> lines(boolean json) {
        if (json) {
            try {
                return List.of(Json.MAPPER.writeValueAsString(Map.of("settings", settings.shown())));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
        List<String> lines = new ArrayList<>();
        for (Settings.Shown shown : settings.shown()) {
            String line = shown.name() + " = " + DisplayText.plain(shown.value());
            lines.add(line.stripTrailing() + " (" + DisplayText.plain(shown.origin()) + ")");
        }
        settings.networkWords().forEach(words -> lines.add("network: " + words));
        settings.notices().forEach(notice -> lines.add("! " + notice));
        return lines;
    }
}
