package dev.turnpike.shard;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * One kind of record of the known state: its keys, and its form as JSON. Every record has the format
 * version of its kind in the field {@code v}; an older one is read, one that a newer Turnpike wrote is rejected, since half
 * of it understood could mean an event lost.
 *
 * @param <T> the record's type; it has no component {@code v}
 */
public final class StateKind<T extends Record> {
    private static final JsonMapper JSON = Json.records()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.NON_DEFAULT))
            // a question such as isIdle() is no part of a record
            .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
            // what reads a kind is made with its first record, not at each start for kinds of which there is none
            .disable(DeserializationFeature.EAGER_DESERIALIZER_FETCH)
            .build();
    private static final ObjectWriter WRITER = JSON.writer();

    private static final String BEGIN = "{\"v\":";
    private static final byte[] FIRST = BEGIN.getBytes(StandardCharsets.UTF_8);

    private final String family;
    private final String namePrefix;
    private final Class<T> type;
    private final int version;
    private final ObjectReader reader;
    private final Packing<T> packing;

    /**
     * A kind whose records are few, or all in use.
     *
     * @param family what its keys begin with, up to the account
     * @param namePrefix what follows the account in its keys; empty where the family has no other kind
     * @param version the format version that is written
     */
    public StateKind(String family, String namePrefix, Class<T> type, int version) {
        this(family, namePrefix, type, version, new Packing<>() {});
    }

    /** A kind of which there may be very many records, most of them idle. */
    public StateKind(String family, String namePrefix, Class<T> type, int version, Packing<T> packing) {
        this.family = family;
        this.namePrefix = namePrefix;
        this.type = type;
        this.version = version;
        this.reader = JSON.readerFor(type);
        this.packing = packing;
    }

    /** The key of the account's only record of this kind. */
    public StateKey<T> key(String account) {
        return key(account, "");
    }

    public StateKey<T> key(String account, String name) {
        return new StateKey<>(this, account, name);
    }

    String text(String account, String name) {
        String rest = namePrefix + name;
        return rest.isEmpty() ? family + "|" + account : family + "|" + account + "|" + rest;
    }

    String family() {
        return family;
    }

    String namePrefix() {
        return namePrefix;
    }

    Packing<T> packing() {
        return packing;
    }

    T cast(Record value) {
        return type.cast(value);
    }

    public byte[] write(Record value) {
        try {
            String fields = WRITER.writeValueAsString(type.cast(value)).substring(1);
            return (BEGIN + version + (fields.equals("}") ? "" : ",") + fields).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of the known state can always be written", e);
        }
    }

    /**
     * The record as its type.
     *
     * @throws IllegalStateException when a newer version wrote it, or it cannot be read
     */
    public T read(byte[] json) {
        try {
            int written = version(json);
            if (written < 1 || written > version) {
                throw new IllegalStateException("The state topic holds a " + type.getSimpleName() + " of format "
                        + written + ", this program knows format " + version
                        + ": run the version that wrote it, or a newer one");
            }
            return reader.readValue(json);
        } catch (IOException e) {
            String reason =
                    e instanceof JsonProcessingException parsing ? parsing.getOriginalMessage() : e.getMessage();
            throw new IllegalStateException(
                    "The state topic holds a " + type.getSimpleName() + " that cannot be read: " + reason, e);
        }
    }

    /** The version is written first; one of a digit is found without a parser, since a shard can hold a million records. */
    private static int version(byte[] json) throws IOException {
        if (json.length > FIRST.length + 1
                && Arrays.equals(json, 0, FIRST.length, FIRST, 0, FIRST.length)
                && Character.isDigit(json[FIRST.length])
                && (json[FIRST.length + 1] == ',' || json[FIRST.length + 1] == '}')) {
            return json[FIRST.length] - '0';
        }
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return 0;
            }
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (field.equals("v")) {
                    return parser.getValueAsInt();
                }
                parser.skipChildren();
            }
            return 0;
        }
    }

    @Override
    public String toString() {
        return family + "|*|" + namePrefix;
    }

    /**
     * The form in which an idle record is kept in memory.
     *
     * @param <T> the record's type
     */
    public interface Packing<T> {

        /** The record in few bytes; empty while it is in use, and kept as it is. */
        default Optional<byte[]> pack(String name, T value) {
            return Optional.empty();
        }

        default T unpack(String name, byte[] packed) {
            throw new IllegalStateException("Nothing of this kind is packed: " + name);
        }

        /** A record of a former format as it would be today, given when it was committed. */
        default T asOf(T value, Instant committed) {
            return value;
        }
    }
}
