package dev.turnpike.codex;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** Where JSON stopped being what was expected. Jackson's own words quote the text; the place may be logged. */
public final class JsonPlace {
    private JsonPlace() {}

    /** To stand at the end of a sentence, with a space in front; empty where Jackson does not know. */
    public static String of(JsonProcessingException failure) {
        JsonLocation at = failure.getLocation();
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
