package dev.turnpike.polling;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;

/**
 * Collects what was not filtered away of a page. A filtered exchange reaches an aggregation too, so the finding itself is
 * asked. The result is a {@link Found}, of a page without tasks as well.
 */
public final class ChangesOfPage implements AggregationStrategy {

    @Override
    public Exchange aggregate(Exchange before, Exchange item) {
        Found found = before == null ? new Found() : before.getMessage().getBody(Found.class);
        if (item.getException() == null
                && item.getMessage().getBody() instanceof TaskFinding finding
                && finding.isChanged()) {
            found.add(finding);
        }
        Exchange result = before == null ? item : before;
        if (item.getException() != null) {
            result.setException(item.getException());
        }
        result.getMessage().setBody(found);
        return result;
    }
}
