package dev.turnpike.settings;

/** A setting's text as somebody wrote it, and where. */
record Given(String text, SettingSource origin) {}
