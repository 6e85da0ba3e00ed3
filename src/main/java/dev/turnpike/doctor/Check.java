package dev.turnpike.doctor;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The result of one check.
 *
 * @param subject what was checked: {@code Kafka}, {@code data folder}
 * @param finding what was found, one line, no secrets
 * @param advice what to do about it, one line; empty where nothing is to be done
 */
public record Check(
        String subject,
        State state,
        String finding,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String advice) {

    public enum State {
        OK,
        /** It works, but perhaps not as intended. */
        WARNING,
        FAILED,
        /** Skipped, since an earlier check failed. */
        SKIPPED;

        /** Lower case, for {@code --json}. */
        @JsonValue
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Check ok(String subject, String finding) {
        return new Check(subject, State.OK, finding, "");
    }

    public static Check warning(String subject, String finding, String advice) {
        return new Check(subject, State.WARNING, finding, advice);
    }

    public static Check failed(String subject, String finding, String advice) {
        return new Check(subject, State.FAILED, finding, advice);
    }

    public static Check skipped(String subject, String finding) {
        return new Check(subject, State.SKIPPED, finding, "");
    }

    /** Finding and advice as one sentence. */
    public String sentence() {
        return finding + "; " + advice;
    }

    @JsonIgnore
    public boolean isFailed() {
        return state == State.FAILED;
    }
}
