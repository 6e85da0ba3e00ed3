package dev.turnpike.alerts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Raises {@code upstream.drift} as soon as an unknown element of the API is seen, once per name. The number of names is
 * bounded, since upstream could send new ones forever; the last event says that the bound is reached.
 *
 * @param names everything unknown that was seen
 */
public record DriftProposal(Identity account, SortedSet<String> names, Instant at) implements Proposal {
    /** What was reported, one record for each account. */
    public static final StateKind<Reported> KIND = Episodes.kind("drift", Reported.class);

    static final int MOST = 500;

    public record Reported(SortedSet<String> names) {
        public Reported {
            names = names == null ? new TreeSet<>() : names;
        }
    }

    @Override
    public Decision decide(KnownState state) {
        StateKey<Reported> key = KIND.key(account.account());
        Reported known = state.get(key).orElse(null);
        SortedSet<String> all = new TreeSet<>(known == null ? new TreeSet<>() : known.names());
        int before = all.size();
        List<String> news = names.stream()
                .filter(name -> !all.contains(name))
                .limit(MOST - before)
                .toList();
        if (news.isEmpty()) {
            return Decision.NOTHING;
        }
        all.addAll(news);
        EventData data = Episodes.fields(account).time("seen_at", at);
        ArrayNode list = data.list("names");
        news.forEach(list::add);
        data.bool("last", all.size() >= MOST ? Boolean.TRUE : null);
        // names are only added, so their previous number makes the event's id unique
        Event event = Episodes.alert(account, "upstream.drift", before + ":" + news.get(0), at, data.node());
        return Decision.change(key, known, new Reported(all), List.of(event));
    }
}
