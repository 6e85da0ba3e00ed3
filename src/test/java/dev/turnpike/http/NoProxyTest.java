package dev.turnpike.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of reqwest, the HTTP client of the Codex CLI, by its own examples and some more. */
class NoProxyTest {
    private static final String LIST =
            ".foo.bar, bar.baz,10.42.1.1/24,::1,10.124.7.8,2001::/17, Example.COM ,not/an/address,*.star.test";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo.bar",
                "a.star.test",
                "star.test",
                "www.foo.bar",
                "bar.baz",
                "foo.bar.baz",
                "10.42.1.100",
                "::1",
                "[::1]",
                "10.124.7.8",
                "2001:1::2",
                "example.com",
                "API.example.com"
            })
    void theseAreCalledDirectly(String host) {
        assertThat(NoProxy.parse(LIST).contains(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hyper.rs",
                "notfoo.bar",
                "notbar.baz",
                "10.43.1.1",
                "10.124.7.7",
                "[ffff:db8:a0b:12f0::1]",
                "example.com.evil.test"
            })
    void theseAreNot(String host) {
        assertThat(NoProxy.parse(LIST).contains(host)).isFalse();
    }

    /** RHDHBUGS-106, snoyberg/http-client PR 145: forms that other programs take. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "localhost example.com  corp.test | example.com | 443 | true",
                "localhost, example.com. | api.example.com | 443 | true",
                "example.com | example.com. | 443 | true",
                "example.com:8443 | example.com | 8443 | true",
                "example.com:8443 | example.com | 443 | false",
                ".example.com:443 | api.example.com | -1 | true",
                "[::1]:8080 | ::1 | 8080 | true",
                "[::1]:8080 | ::1 | 8081 | false",
                "10.0.0.1:80,::1 | 10.0.0.1 | 443 | false",
                "10.*, 192.168.1.* | 10.1.2.3 | 443 | true",
                "10.*, 192.168.1.* | 192.168.2.1 | 443 | false",
                "localhost;.corp.test;10.0.0.0/8 | git.corp.test | 443 | true",
                "'\"localhost,corp.test\"' | corp.test | 443 | true",
                "https://git.corp.test/path | git.corp.test | 443 | true",
                "https://git.corp.test:8443 | git.corp.test | 443 | false",
                "corp.test/ | git.corp.test | 443 | true",
                "not/an/address | not | 443 | false",
                "10.1.0.0/255.255.0.0 | 10.1.2.3 | 443 | true",
                "10.1.0.0/255.255.0.0 | 10.2.2.3 | 443 | false",
                "10.1.0.0/255.0.255.0 | 10.1.2.3 | 443 | false",
                "192.168.*.* | 192.168.3.4 | 443 | true",
                "localhost,192.168.,10. | 192.168.3.4 | 443 | true",
                "localhost,192.168.,10. | 10.2.3.4 | 443 | true",
                "192.168. | 192.16.8.1 | 443 | false",
                "10.1.2. | 10.1.2.3 | 443 | true",
                "10.1.2.:8443 | 10.1.2.3 | 443 | false",
                "10.1.2.3. | 10.1.2.3 | 443 | true",
                "0.0.0.0/0 | 10.1.2.3 | 443 | true",
                "0.0.0.0/0 | corp.test | 443 | false",
                "*corp.test | intracorp.test | 443 | true",
                "*corp.test | corp.test.evil | 443 | false",
                "build* | build-7.corp.test | 443 | true",
                "build* | rebuild | 443 | false",
                "git.*.corp.test | git.eu.corp.test | 443 | true",
                "git.*.corp.test | git.eu.corp.test.evil | 443 | false",
                "<local>;*.corp.test | jenkins | 443 | true",
                "<local>;*.corp.test | chatgpt.com | 443 | false",
                "<local> | 10.1.2.3 | 443 | false"
            })
    void itIsWrittenInManyForms(String list, String host, int port, boolean isDirect) {
        ForwardProxy proxy = ForwardProxy.parse("http://proxy:3128");
        Network network = new Network(proxy, proxy, NoProxy.parse(list), List.of(), null);

        assertThat(network.proxy("https", host, port).isEmpty()).isEqualTo(isDirect);
    }

    @Test
    void aHostThatIsDirectAtOnePortIsResolvedHere() {
        assertThat(NoProxy.parse("a.test,b.test:8443").contains("b.test")).isTrue();
    }

    @Test
    void aStarIsEverythingAndNothingIsNothing() {
        assertThat(NoProxy.parse("localhost,*").contains("chatgpt.com")).isTrue();
        assertThat(NoProxy.parse("*").contains("10.0.0.1")).isTrue();
        assertThat(NoProxy.parse(" , ").contains("chatgpt.com")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "proxy:3128, http://proxy:3128",
        "\"'http://proxy:3128'\", http://proxy:3128",
        "'\"http://u:p@proxy:3128\"', http://***@proxy:3128",
        "' http://proxy:3128 ', http://proxy:3128",
        "HTTP://proxy, http://proxy:80",
        "http://proxy:, http://proxy:80",
        "https://user:pa%20ss@proxy.corp:8443/path, https://***@proxy.corp:8443",
        "socks5h://127.0.0.1, socks5h://127.0.0.1:1080",
        "socks://127.0.0.1:7891/, socks5h://127.0.0.1:7891",
        "http://DOMAIN\\u:p@proxy:8080, http://***@proxy:8080",
        "socks5://ada:s3cret@127.0.0.1, socks5://***@127.0.0.1:1080",
        "http://proxy_of_compose:3128, http://proxy_of_compose:3128",
        "http://u:p%@proxy:3128, http://***@proxy:3128",
        "http://u@[::1]:8080, http://***@[::1]:8080"
    })
    void aProxyIsReadAsTheCliReadsIt(String text, String proxy) {
        assertThat(ForwardProxy.parse(text)).hasToString(proxy);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://proxy:21",
                "http://",
                "http://u:hunter2@ho st:1",
                "socks4://u:hunter2@h:1",
                "socks5://u:hunter2",
                "http://h:0",
                "http://h:99999"
            })
    void whatIsNoProxyIsRefusedWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> ForwardProxy.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void userAndPasswordAreDecoded() {
        ForwardProxy proxy = ForwardProxy.parse("http://a%40b:x+y%3A@proxy:1");

        assertThat(proxy.user()).isEqualTo("a@b");
        assertThat(proxy.password()).isEqualTo("x+y:");
        assertThat(ForwardProxy.parse("http://u:100%&%zz%20@proxy:1").password())
                .isEqualTo("100%&%zz ");
    }

    @Test
    void aSocksPasswordThatCannotBeSentIsRefused() {
        assertThatThrownBy(() -> ForwardProxy.parse("socks5://u:" + "ü".repeat(128) + "@h:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255 bytes")
                .hasMessageNotContaining("ü");
    }
}
