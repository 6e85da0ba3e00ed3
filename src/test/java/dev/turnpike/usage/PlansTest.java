package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.events.Event;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies of accounts on other plans than ours. */
class PlansTest {
    private static final Instant AT = Instant.parse("2026-09-05T10:00:00Z");

    private final List<String> drift = new ArrayList<>();
    private final UsageReader reader = new UsageReader(drift::add);
    private final Looks looks = new Looks();

    private static JsonNode json(String name) throws IOException {
        try (InputStream in = PlansTest.class.getResourceAsStream("/cases/" + name)) {
            return new ObjectMapper().readTree(in);
        }
    }

    private UsageReply reply(String name) throws IOException {
        return reader.read(json(name), AT);
    }

    private List<String> look(String name, Instant at) throws IOException {
        return Looks.alerts(looks.look("workspace/user", reader.read(json(name), at), at));
    }

    @Test
    void theLimitOnSpendingIsAWindowLikeOthers() throws IOException {
        assertThat(look("U01-business-spend-50.json", AT)).isEmpty();
        assertThat(look("U02-business-spend-80.json", AT.plusSeconds(600))).isEmpty();
        assertThat(look("U02-business-spend-80.json", AT.plusSeconds(660))).contains("spending crossed 75");
        assertThat(look("U03-business-spend-97.json", AT.plusSeconds(1200))).isEmpty();
        assertThat(look("U03-business-spend-97.json", AT.plusSeconds(1260))).contains("spending crossed 95");
        assertThat(drift).isEmpty();
    }

    @Test
    void aSpendingLimitWhoseResetTimeIsLongOverIsReportedOnce() throws IOException {
        ObjectNode reply = (ObjectNode) json("U02-business-spend-80.json");
        ((ObjectNode) reply.path("spend_control").path("individual_limit"))
                .put("reset_at", AT.minus(Duration.ofDays(40)).getEpochSecond())
                .remove("reset_after_seconds");
        List<String> alerts = new ArrayList<>();
        for (int minute = 0; minute < 3; minute++) {
            Instant at = AT.plusSeconds(60L * minute);
            alerts.addAll(Looks.alerts(looks.look("workspace/user", reader.read(reply, at), at)));
        }
        assertThat(alerts).containsExactly("spending crossed 75");
    }

    @Test
    void itIsForecast() throws IOException {
        ObjectNode reply = (ObjectNode) json("U01-business-spend-50.json");
        ObjectNode limit = (ObjectNode) reply.path("spend_control").path("individual_limit");
        Instant reset = Instant.ofEpochSecond(limit.path("reset_at").asLong());
        List<String> alerts = new ArrayList<>();
        for (int hour = 0; hour < 96; hour++) {
            Instant at = reset.minus(Duration.ofDays(20)).plus(Duration.ofHours(hour));
            limit.put("used_percent", 50 + hour / 4);
            alerts.addAll(Looks.alerts(looks.look("workspace/user", reader.read(reply, at), at)));
        }
        assertThat(alerts).anyMatch(alert -> alert.startsWith("spending forecast"));
    }

    @ParameterizedTest
    @CsvSource({
        "U01-business-spend-50.json, ALLOWED",
        "U02-business-spend-80.json, ALLOWED",
        "U03-business-spend-97.json, OVER_BAR"
    })
    void itHoldsUpWork(String name, QuotaRule.Verdict verdict) throws IOException {
        QuotaRule.Result result = new QuotaRule(false).judge(reply(name), 90);
        assertThat(result.verdict()).isEqualTo(verdict);
        assertThat(result.detail()).contains("spending ");
        if (!result.isAllowed()) {
            assertThat(result.until()).isEqualTo(Instant.ofEpochSecond(1789330565));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'allowed':'false','limit_reached':'true'",
                "{'allowed':'False'",
                "{'limit_reached':true",
                "{'allowed':0",
                "{'limit_reached':'1'"
            })
    void aLimitIsReachedAlsoWhereThatIsWrittenAsText(String limit) throws IOException {
        JsonNode reply = new ObjectMapper()
                .readTree(("{'rate_limit':" + limit
                                + ",'primary_window':{'used_percent':100,'limit_window_seconds':18000,"
                                + "'reset_at':1788606000000}}}")
                        .replace('\'', '"'));

        QuotaRule.Result result = new QuotaRule(false).judge(reader.read(reply, AT), null);

        assertThat(result.verdict()).isEqualTo(QuotaRule.Verdict.LIMIT_REACHED);
        assertThat(result.until()).isEqualTo(Instant.ofEpochSecond(1788606000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"detail\": \"Not Found\"}", "{\"rate_limits\": {}, \"plan_type\": null}"})
    void anObjectAboutSomethingElseIsNoUsage(String reply) {
        assertThatThrownBy(() -> reader.read(new ObjectMapper().readTree(reply), AT))
                .isInstanceOf(UpstreamException.class)
                .hasMessage("GET /usage: the reply has neither a plan nor a limit");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'limit':'25000','used':'24250','used_percent':0",
                "'limit':'25000','used':'24250','used_percent':0,'remaining_percent':0",
                "'limit':'25000','used':'24250','used_percent':null",
                "'limit':25000,'remaining':750,'used_percent':-1",
                "'limit':'$25,000.00','used':'$24,250.00'",
                "'limit':'US$ 25,000','used':'US$ 24,250'",
                "'limit':'25.000,00 €','used':'24.250,00 €'",
                "'limit':'2.500.000,0','used':'2.425.000'",
                "'limit':'250,00','used':'242,5'",
                "'limit':'CHF 25’000.00','remaining':'CHF 750.00'",
                "'used_percent':'97,0 %'",
                "'limit':{'amount':'25000','currency':'USD'},'used':{'amount':24250,'currency':'USD'}",
                "'limit':'25,00,000.00','used':'24,25,000'",
                "'limit':'25000 credits','used':'24250 credits'",
                "'limit':'25 000 EUR','remaining':'750 EUR'",
                "'limit':'€25 000','used':'€24 250'",
                "'limit':'R$ 25.000,00','used':'R$ 24.250,00'",
                "'limit':'A$25000','remaining':'A$750'",
                "'limit':'C$25,000','remaining':'C$750'",
                "'limit':'25 000,00 zł','remaining':'750,00 zł'",
                "'limit':'25 000,00 kr.','remaining':'kr 750'",
                "'limit':'Rs. 25,00,000','used':'₹24,25,000'",
                "'limit':'Rp25.000.000','used':'Rp 24.250.000'",
                "'limit':'S/ 25,000.00','used':'S/.24,250.00'",
                "'limit':'25.000,00 Kč','used':'24.250,00 Kč'",
                "'limit':'HK$25,000','used':'HK$ 24,250'",
                "'limit':'25000 руб.','used':'24250 руб.'",
                "'used_percent':0,'remaining_percent':3",
                "'used_percent':'97%'",
                "'used_percent':'97.0 %'",
                "'limit':'0','used':'0','used_percent':97",
                "'limit':'25000','used':'0','used_percent':97"
            })
    void aSpendingLimitCountsHoweverItIsWritten(String limit) throws IOException {
        UsageReply usage = spendingLimit(limit);

        assertThat(usage.windows())
                .singleElement()
                .satisfies(window -> assertThat(window.usedPercent()).isEqualTo(97));
        assertThat(new QuotaRule(false).judge(usage, 90).verdict()).isEqualTo(QuotaRule.Verdict.OVER_BAR);
    }

    /** steipete/CodexBar 2736. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'spend_control':{'reached':false,'individual_limit':LIMIT},'individual_limit':{'used_percent':1}",
                "'spend_control':{'reached':false,'individual_limit':null},'individual_limit':LIMIT",
                "'individual_limit':LIMIT",
                "'rate_limit':{'allowed':true,'limit_reached':false,'individual_limit':LIMIT}",
                "'rate_limit':{'allowed':true,'limit_reached':false,'individual_limit':{'limit':'1000','used':'970','used_percent':97}}"
            })
    void aSpendingLimitCountsWhereverItStands(String fields) throws IOException {
        String limit = "{'limit':'1000','used':'970','remaining':'30','reset_at':1789330565}";

        assertThat(read("{'plan_type':'team'," + fields.replace("LIMIT", limit) + "}")
                        .windows())
                .singleElement()
                .satisfies(window -> assertThat(window.usedPercent()).isEqualTo(97));
    }

    @Test
    void amountsWhoseQuotientIsTooLargeForANumberHoldUpWork() throws IOException {
        UsageReply reply = spendingLimit("'limit':'1E-300','used':'1E300'");

        assertThat(new QuotaRule(false).judge(reply, 90).verdict()).isEqualTo(QuotaRule.Verdict.OVER_BAR);
        assertThat(Looks.alerts(looks.look("workspace/user", reply, AT))).containsExactly("spending crossed 95");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'limit':'25000','used':'0','used_percent':0", "'used_percent':0,'remaining_percent':100"})
    void nothingSpentIsNothing(String limit) throws IOException {
        assertThat(spendingLimit(limit).windows())
                .singleElement()
                .satisfies(window -> assertThat(window.usedPercent()).isZero());
    }

    @Test
    void amountsStandInForAPercentageThatIsMissing() throws IOException {
        ObjectNode reply = (ObjectNode) json("U02-business-spend-80.json");
        ((ObjectNode) reply.path("spend_control").path("individual_limit")).remove("used_percent");
        assertThat(reader.read(reply, AT).windows())
                .singleElement()
                .satisfies(window -> assertThat(window.usedPercent()).isEqualTo(80));
    }

    @Test
    void pastTheWindowOnCreditsIsSaidAndGoesOnBySetting() throws IOException {
        UsageReply reply = reply("U13-credit-funded-past-limit.json");
        assertThat(new QuotaRule(false).judge(reply, null).verdict()).isEqualTo(QuotaRule.Verdict.LIMIT_REACHED);
        assertThat(new QuotaRule(false).judge(reply, 90).detail())
                .startsWith("usage window exhausted, running on credits, which commands.use-credits does not allow");
        assertThat(new QuotaRule(true).judge(reply, null).isAllowed()).isTrue();
        assertThat(new QuotaRule(true).judge(reply, 90).isAllowed()).isTrue();
        assertThat(new QuotaRule(true).judge(reply, 90).detail())
                .startsWith("usage window exhausted, running on credits: ");

        List<Event> reported = looks.look("workspace/user", reply, AT);
        assertThat(reported)
                .filteredOn(event -> event.type().equals("usage.limit-reached"))
                .singleElement()
                .satisfies(event ->
                        assertThat(event.data().path("on_credits").asBoolean()).isTrue());
    }

    /** openai/codex 19242: upstream says so only once the window is used up, and takes work all the time. */
    @ParameterizedTest
    @ValueSource(strings = {"'allowed':true,'limit_reached':false,", ""})
    void aFullWindowOnCreditsIsPastItAlsoWhereUpstreamTakesWork(String said) throws IOException {
        UsageReply reply = read("{'plan_type':'pro','rate_limit':{" + said
                + "'primary_window':{'used_percent':100,'limit_window_seconds':604800,'reset_at':1788898565}},"
                + "'credits':{'has_credits':true,'unlimited':false,'balance':'120.5'}}");

        assertThat(new QuotaRule(true).judge(reply, 90).isAllowed()).isTrue();
        assertThat(new QuotaRule(true).judge(reply, 90).detail())
                .startsWith("usage window exhausted, running on credits: ");
        assertThat(new QuotaRule(false).judge(reply, 90).verdict()).isEqualTo(QuotaRule.Verdict.OVER_BAR);
        assertThat(new QuotaRule(false).judge(reply, null).detail())
                .startsWith("usage window exhausted, running on credits, which commands.use-credits does not allow");
    }

    @Test
    void aWindowThatIsNearlyFullDoesNotRunOnCredits() throws IOException {
        UsageReply reply = read("{'rate_limit':{'allowed':true,'limit_reached':false,"
                + "'primary_window':{'used_percent':99,'limit_window_seconds':604800}},"
                + "'credits':{'has_credits':true,'balance':'120.5'}}");

        assertThat(reply.isOnCredits()).isFalse();
        assertThat(new QuotaRule(true).judge(reply, 90).verdict()).isEqualTo(QuotaRule.Verdict.OVER_BAR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"has_credits\": false}",
                "{\"has_credits\": true, \"overage_limit_reached\": true}",
                "{\"unlimited\": true, \"overage_limit_reached\": true}",
                "null"
            })
    void withoutCreditsItIsRefusedWhateverTheSetting(String credits) throws IOException {
        ObjectNode json = (ObjectNode) json("U13-credit-funded-past-limit.json");
        json.set("credits", new ObjectMapper().readTree(credits));
        UsageReply reply = reader.read(json, AT);
        assertThat(new QuotaRule(true).judge(reply, null).detail()).startsWith("Codex refuses work now");
    }

    @Test
    void creditsThatAreDepletedPayForNothing() throws IOException {
        ObjectNode json = (ObjectNode) json("U13-credit-funded-past-limit.json");
        json.putObject("rate_limit_reached_type").put("type", "workspace_member_credits_depleted");
        assertThat(new QuotaRule(true).judge(reader.read(json, AT), null).isAllowed())
                .isFalse();
    }

    /** openai/codex 27598, pingdotgg/t3code 9234: a plan without windows, and one whose windows have room. */
    @ParameterizedTest
    @CsvSource({
        "workspace_owner_credits_depleted, U01-business-spend-50.json",
        "workspace_member_credits_depleted, U14-weekly-3.json",
        "workspace_owner_usage_limit_reached, U14-weekly-80.json",
        "workspace_member_usage_limit_reached, U13-credit-funded-past-limit.json"
    })
    void aWorkspaceThatIsOutOfCreditsIsRefusedWhateverTheWindows(String word, String name) throws IOException {
        ObjectNode json = (ObjectNode) json(name);
        json.putObject("rate_limit_reached_type").put("type", word);
        UsageReply reply = reader.read(json, AT);

        QuotaRule.Result result = new QuotaRule(true).judge(reply, null);

        assertThat(result.verdict()).isEqualTo(QuotaRule.Verdict.LIMIT_REACHED);
        assertThat(result.detail()).startsWith("Codex refuses work now (" + word + ")");
        assertThat(looks.look("workspace/user", reply, AT))
                .filteredOn(event -> event.type().equals("usage.limit-reached"))
                .anySatisfy(event -> {
                    assertThat(event.data().path("limit").asText()).isEqualTo("spend_control");
                    assertThat(event.data().path("reached_type").asText()).isEqualTo(word);
                });
    }

    /** NousResearch/hermes-agent PR 91051, pleaseai/shunt PR 430: a window is not lost for what is odd about it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'used_percent':96,'limit_window_seconds':null | primary",
                "'used_percent':96 | primary",
                "'used_percent':96,'window_minutes':300,'resets_in_seconds':60 | five_hour",
                "'used_percent':96,'limit_window_seconds':0,'reset_after_seconds':60 | primary",
                "'used_percent':'96','limit_window_seconds':'18000','reset_at':'1788602400' | five_hour",
                "'used_percent':96,'limit_window_seconds':18000,'reset_at':'2026-09-05T10:00:00Z' | five_hour",
                "'used_percent':96,'limit_window_seconds':604740 | weekly",
                "'used_percent':96,'window_minutes':300,'resets_at':1788602400,'reset_at':1788602400 | five_hour",
                "'used_percent':96,'window_minutes':'10080','resets_at':1788602400 | weekly",
                "'remaining_percent':4,'limit_window_seconds':18000 | five_hour"
            })
    void anOddWindowStillHoldsUpWork(String window, String name) throws IOException {
        String json = "{'rate_limit':{'allowed':true,'limit_reached':false,'primary_window':{" + window
                + "},'secondary_window':{'used_percent':3,'limit_window_seconds':604800,'reset_at':1788898565}}}";
        UsageReply reply = read(json);

        assertThat(new QuotaRule(false).judge(reply, 90).detail())
                .startsWith("more than 90% used")
                .contains(name + " 96%");
        if (window.contains("reset_") || window.contains("resets_")) {
            assertThat(reply.windows().get(0).resetsAt()).isNotNull();
        }
    }

    @Test
    void ofTwoWindowsOfOneLengthTheFullerCounts() throws IOException {
        String json = "{'rate_limit':{'primary_window':{'used_percent':7,'limit_window_seconds':604800},"
                + "'secondary_window':{'used_percent':96,'limit_window_seconds':604740}}}";
        assertThat(read(json).windows())
                .singleElement()
                .satisfies(window -> assertThat(window.usedPercent()).isEqualTo(96));
    }

    /** As the Codex CLI's own server names them. */
    @Test
    void aWindowUnderAnotherNameCounts() throws IOException {
        assertThat(
                        read("{'rate_limit':{'primary':{'used_percent':96,'window_minutes':300},'secondary':null,'credits':{}}}")
                                .windows())
                .singleElement()
                .satisfies(window -> assertThat(window.name()).isEqualTo("five_hour"));
        assertThat(drift).contains("field:rate_limit.primary");
    }

    /** A reply may say that an account has credits, and that there are none of them. */
    @ParameterizedTest
    @ValueSource(strings = {"\"0\"", "\"0E-10\"", "\"-3.20\"", "0"})
    void aBalanceOfNothingPaysForNothing(String balance) throws IOException {
        UsageReply used = reader.read(new ObjectMapper().readTree("""
                        {"plan_type": "free", "rate_limit": {"allowed": false, "limit_reached": true,
                         "primary_window": {"used_percent": 100, "limit_window_seconds": 2592000, "reset_after_seconds": 60}},
                         "credits": {"has_credits": true, "unlimited": false, "balance": %s}}""".formatted(balance)), AT);

        assertThat(used.isOnCredits()).isFalse();
        assertThat(new QuotaRule(true).judge(used, null).verdict()).isEqualTo(QuotaRule.Verdict.LIMIT_REACHED);
    }

    @Test
    void noLimitAndNoWindowIsLostForItsNameOrPlace() throws IOException {
        UsageReply reply = reader.read(new ObjectMapper().readTree("""
                        {"rate_limit": {"primary_window": {"used_percent": 13, "limit_window_seconds": 18000},
                         "secondary_window": null, "tertiary_window": {"used_percent": 99, "limit_window_seconds": 2592000}},
                         "additional_rate_limits": [
                         {"limit_name": "A", "metered_feature": "codex_x",
                          "rate_limit": {"primary_window": {"used_percent": 1, "limit_window_seconds": 604800}}},
                         {"limit_name": "B", "metered_feature": "codex_x",
                          "rate_limit": {"primary_window": {"used_percent": 98, "limit_window_seconds": 604800}}}]}"""), AT);

        assertThat(reply.limits())
                .extracting(
                        UsageReply.Limit::id,
                        limit -> limit.windows().stream()
                                .map(window -> window.name() + " " + window.usedPercent())
                                .toList())
                .containsExactly(
                        tuple("codex", List.of("five_hour 13.0", "monthly 99.0")),
                        tuple("codex_x", List.of("weekly 1.0")),
                        tuple("B", List.of("weekly 98.0")));
        assertThat(drift).containsExactly("field:rate_limit.tertiary_window");
    }

    /** openai/codex 45574: a window that is said to be reset now, for hours. */
    @Test
    void aBoundaryThatIsAlwaysNowIsNoReset() throws IOException {
        List<String> alerts = new ArrayList<>();
        for (int minute = 0; minute < 120; minute++) {
            Instant at = AT.plus(Duration.ofMinutes(2L * minute));
            JsonNode reply = new ObjectMapper().readTree("""
                    {"rate_limit": {"allowed": false, "limit_reached": true, "primary_window":
                     {"used_percent": 100, "limit_window_seconds": 18000, "reset_after_seconds": 0, "reset_at": %d}}}""".formatted(at.getEpochSecond()));
            alerts.addAll(Looks.alerts(looks.look("workspace/user", reader.read(reply, at), at)));
        }
        assertThat(alerts).containsExactly("five_hour crossed 95", "codex reached [\"five_hour\"]");
    }

    @Test
    void whatIsLeftOfTheLimitOnSpendingSaysWhatIsUsed() throws IOException {
        ObjectNode reply = (ObjectNode) json("U03-business-spend-97.json");
        ObjectNode limit = (ObjectNode) reply.path("spend_control").path("individual_limit");
        limit.remove(List.of("used_percent", "used", "limit"));
        assertThat(reader.read(reply, AT).windows())
                .singleElement()
                .satisfies(window -> assertThat(window.usedPercent()).isEqualTo(97));
    }

    @Test
    void aSpendingLimitThatIsReachedIsNotPaidForByCredits() throws IOException {
        ObjectNode json = (ObjectNode) json("U13-credit-funded-past-limit.json");
        ((ObjectNode) json.path("spend_control")).put("reached", true);
        assertThat(new QuotaRule(true).judge(reader.read(json, AT), null).isAllowed())
                .isFalse();
    }

    @Test
    void oneWildReadingNeitherAlarmsNorMutes() throws IOException {
        List<String> alerts = new ArrayList<>();
        Instant at = AT;
        for (String percent : List.of("3", "99", "3", "3")) {
            alerts.addAll(look("U14-weekly-" + percent + ".json", at));
            at = at.plusSeconds(60);
        }
        assertThat(alerts).isEmpty();
        for (String percent : List.of("80", "92", "96")) {
            at = at.plus(Duration.ofHours(20));
            for (int minute = 0; minute < 3; minute++) {
                at = at.plusSeconds(60);
                alerts.addAll(look("U14-weekly-" + percent + ".json", at));
            }
        }
        assertThat(alerts).containsExactly("weekly crossed 75", "weekly crossed 90", "weekly crossed 95");
    }

    @Test
    void modelsAreRead() throws IOException {
        ObjectNode json = (ObjectNode) json("U01-business-spend-50.json");
        ((ObjectNode) json.path("model_usage").path("gpt-6-astra"))
                .put("available", false)
                .put("available_at", 1789330565)
                .put("credits_would_enable", true);
        assertThat(reader.read(json, AT).models())
                .containsExactly(new UsageReply.Model("gpt-6-astra", false, Instant.ofEpochSecond(1789330565), true));
    }

    @Test
    void fieldsThatOthersHaveSeenAreNoDrift() throws IOException {
        ObjectNode json = (ObjectNode) json("U13-credit-funded-past-limit.json");
        json.putObject("referral_beacon").put("eligible", true);
        json.putObject("rate_limit_upsell");
        json.putObject("rate_limit_reached_type")
                .put("type", "rate_limit_reached")
                .putObject("details");
        json.putObject("rate_limit_reset_credits")
                .put("available_count", 1)
                .put("applicable_available_count", 1)
                .put("total_earned_count", 3);
        assertThat(reader.read(json, AT).resetCredits()).isEqualTo(1);
        assertThat(drift).isEmpty();
        json.putObject("rate_limit_reset_credits").put("colour", 1);
        reader.read(json, AT);
        assertThat(drift).containsExactly("field:rate_limit_reset_credits.colour");
    }

    private UsageReply spendingLimit(String limit) throws IOException {
        return read("{'plan_type':'business','spend_control':{'reached':false,'individual_limit':{" + limit + "}}}");
    }

    /** @param reply with apostrophes for quotes */
    private UsageReply read(String reply) throws IOException {
        return reader.read(new ObjectMapper().readTree(reply.replace('\'', '"')), AT);
    }
}
