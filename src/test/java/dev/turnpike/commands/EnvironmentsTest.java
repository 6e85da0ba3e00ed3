package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.commands.Environments.Environment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Environments read(String json) throws Exception {
        return Environments.read(JSON.readTree(json.replace('\'', '"')));
    }

    private static Environments several() throws Exception {
        return read("""
                [{'id':'e1','label':'Shop','env_vars':{'A':'SECRET'},'repo_map':{'g1':{'repository_full_name':'acme/shop',
                  'default_branch':'trunk'}}},
                 {'id':'e2','label':'docs','repo_map':{'g2':{'repository_full_name':'acme/docs'}}},
                 {'id':'e3','label':'Docs','repo_map':{'g1':{'repository_full_name':'acme/shop'}}},
                 {'label':'no id'}, null]""");
    }

    @Test
    void takesTheSampleReply() throws Exception {
        Environments environments = Environments.read(JSON.readTree(
                        Path.of("src/test/resources/replies/environments.json").toFile())
                .path("body"));

        assertThat(environments.named("ACME/widgets"))
                .isEqualTo(new Environment(
                        "e0000000000000000000000000000001",
                        "acme/widgets",
                        List.of("acme/widgets"),
                        List.of("main"),
                        true));
    }

    @Test
    void blanksAroundALabelAreNoPartOfIt() throws Exception {
        assertThat(read("[{'id':'e1','label':' B\u00fcro/Web '}]")
                        .named("B\u00dcRO/web")
                        .described())
                .isEqualTo("e1 B\u00fcro/Web");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b", "a\nb", "-f", "a..b", "main~1", "HEAD^", "a:b", "a?", "a*", "[a", "a\\b", "a/", "a.lock", ".a",
                "a//b"
            })
    void aNameThatGitRefusesIsNoBranch(String name) throws Exception {
        assertThatThrownBy(() -> several().named("e1").branch(name))
                .isInstanceOf(CommandRejectedException.class)
                .hasMessageContaining("the branch \"" + name.replace('\n', '?') + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"feature/ünï", "a-b_c.d", "refs/heads/main", "#12", "@", "v1.2", "ada@home", "😀"})
    void aNameThatGitTakesIsSentAsGiven(String name) throws Exception {
        assertThat(several().named("e1").branch(" " + name + "\n")).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'name':'shop','owner':{'login':'acme'},'default_branch':'dev'}",
                "{'repository_full_name':'acme/shop','default_branch':'refs/heads/dev'}",
                "{'repository_full_name':'acme/shop','default_branch':' dev '}"
            })
    void theDefaultBranchIsThatOfTheRepositoryInWhateverFormItIs(String repository) throws Exception {
        assertThat(read("[{'id':'e1','repo_map':{'g1':" + repository + "}}]")
                        .named("e1")
                        .branch(null))
                .isEqualTo("dev");
    }

    @Test
    void findsByIdThenByLabelThenByRepository() throws Exception {
        assertThat(several().named("e2").id()).isEqualTo("e2");
        assertThat(several().named("shop").id()).isEqualTo("e1");
        assertThat(several().named("shop").branch(null)).isEqualTo("trunk");
        assertThat(several().named("acme/docs").id()).isEqualTo("e2");
    }

    @Test
    void whatIsAmbiguousOrUnknownIsReportedWithTheCandidates() throws Exception {
        Environments environments = several();
        assertThatThrownBy(() -> environments.named("docs"))
                .isInstanceOfSatisfying(CommandRejectedException.class, rejected -> {
                    assertThat(rejected.reason()).isEqualTo("ambiguous-environment");
                    assertThat(rejected.candidates()).containsExactly("e2 docs acme/docs", "e3 Docs acme/shop");
                });
        assertThatThrownBy(() -> environments.named("acme/shop"))
                .isInstanceOfSatisfying(
                        CommandRejectedException.class,
                        rejected -> assertThat(rejected.reason()).isEqualTo("ambiguous-environment"));
        assertThatThrownBy(() -> environments.named("nothing"))
                .isInstanceOfSatisfying(CommandRejectedException.class, rejected -> {
                    assertThat(rejected.reason()).isEqualTo("unknown-environment");
                    assertThat(rejected.candidates()).hasSize(3);
                    assertThat(rejected.candidates().toString()).doesNotContain("SECRET");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'repo_map':{'a':{'repository_full_name':'x/a','default_branch':'master'},'b':{'repository_full_name':'x/b'}}",
                "'repo_map':{'a':{'repository_full_name':'x/a','default_branch':'master'},'b':{'repository_full_name':'x/b','default_branch':''}}",
                "'repo_map':{'a':{'repository_full_name':'x/a','default_branch':'master'},'b':null}",
                "'repos':['a','b'],'repo_map':{'a':{'repository_full_name':'x/a','default_branch':'master'}}"
            })
    void aBranchThatOnlySomeRepositoriesNameIsAskedFor(String repositories) throws Exception {
        Environment two =
                read("[{'id':'e1','label':'two'," + repositories + "}]").named("two");

        assertThatThrownBy(() -> two.branch(null)).isInstanceOfSatisfying(CommandRejectedException.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo("ambiguous-branch");
            assertThat(rejected).hasMessageContaining("only some repositories of environment e1 two x/a");
            assertThat(rejected.candidates()).containsExactly("master");
        });
        assertThat(two.branch("master")).isEqualTo("master");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'repo_map':{'g1':{'repository_full_name':'acme/shop','default_branch':'master'},"
                        + "'g2':{'repository_full_name':'acme/shop','default_branch':'master'}}",
                "'repo_map':{'g1':{'repository_full_name':'acme/shop','default_branch':'master'},"
                        + "'g2':{'repository_full_name':'Acme/Shop'}}",
                "'repos':['g1','g2'],'repo_map':{'g1':{'repository_full_name':'acme/shop'},"
                        + "'g2':{'repository_full_name':'acme/shop','default_branch':'refs/heads/master'}}"
            })
    void aRepositoryThatIsListedTwiceHasItsBranch(String repositories) throws Exception {
        assertThat(read("[{'id':'e1'," + repositories + "}]").named("acme/shop").branch(null))
                .isEqualTo("master");
    }

    @Test
    void aRepositoryThatIsListedTwiceWithAnotherBranchNeedsOneToBeNamed() throws Exception {
        Environment shop = read("""
                [{'id':'e1','repo_map':{'g1':{'repository_full_name':'acme/shop','default_branch':'main'},
                  'g2':{'repository_full_name':'acme/shop','default_branch':'master'}}}]""").named("e1");

        assertThatThrownBy(() -> shop.branch(null))
                .isInstanceOfSatisfying(
                        CommandRejectedException.class,
                        rejected -> assertThat(rejected.candidates()).containsExactly("main", "master"))
                .hasMessageContaining("different default branches");
        assertThat(shop.described()).isEqualTo("e1 acme/shop");
    }

    @Test
    void anIdMayBeANumber() throws Exception {
        Environments environments =
                read("[{'id':12345678901234567890,'label':'big'},{'id':42,'label':'web'},{'id':1.5},{'id':true}]");

        assertThat(environments.all()).extracting(Environment::id).containsExactly("12345678901234567890", "42");
        assertThat(environments.named("42").label()).isEqualTo("web");
    }

    @Test
    void oneThatIsListedTwiceIsOne() throws Exception {
        assertThat(read("[{'id':'e1','label':'web'},{'id':'e1','label':'web'}]")
                        .named("web")
                        .id())
                .isEqualTo("e1");
    }

    @Test
    void aLabelIsFoundHoweverItsMarksAreWritten() throws Exception {
        Environments environments = read("[{'id':'e1','label':'Cafe\u0301'}]");

        assertThat(environments.named("café").id()).isEqualTo("e1");
        assertThat(environments.all().get(0).isCalled("caf\u00e9")).isTrue();
    }

    @Test
    void repositoriesOfOneBranchBeginThere() throws Exception {
        Environment both = Environments.read(
                        JSON.readTree(Path.of("src/test/resources/cases/B2-environment-two-repositories.json")
                                .toFile()))
                .named("acme/both");
        assertThat(both.branch(null)).isEqualTo("master");
        assertThat(both.branch(" dev ")).isEqualTo("dev");
    }

    @Test
    void repositoriesOfDifferentBranchesNeedOneToBeNamed() throws Exception {
        Environment two = read("""
                [{'id':'e1','label':'two','repo_map':{'a':{'repository_full_name':'x/a','default_branch':'main'},
                  'b':{'repository_full_name':'x/b','default_branch':'master'}}}]""").named("two");
        assertThatThrownBy(() -> two.branch(null)).isInstanceOfSatisfying(CommandRejectedException.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo("ambiguous-branch");
            assertThat(rejected.candidates()).containsExactly("main", "master");
        });
        assertThat(two.branch("main")).isEqualTo("main");
        assertThat(several().named("e2").branch(null)).isEqualTo("main");
    }

    @Test
    void aReplyThatIsNoArrayIsMalformed() {
        assertThatThrownBy(() -> read("{'items':[]}")).isInstanceOf(UpstreamException.class);
    }
}
