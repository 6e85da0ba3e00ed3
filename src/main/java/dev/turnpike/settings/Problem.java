package dev.turnpike.settings;

/** What is wrong with one setting, as one line. */
record Problem(String line) {

    /** About a value: the setting, its value unless secret, where it was given, and what is wrong. */
    static Problem of(Value value, String wrong) {
        String shown = value.shown().isEmpty() ? "(empty)" : value.shown();
        return new Problem(
                value.setting().name() + " = " + shown + " (" + value.origin().label() + "): " + wrong);
    }

    /** About a name that is not a setting. */
    static Problem ofName(String name, SettingSource origin, String wrong) {
        String shown = name.replaceAll("\\p{Cntrl}", "?");
        return new Problem(shown + " (" + origin.label() + "): " + wrong);
    }
}
