package dev.turnpike.contract;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/asyncapi.yaml} held against AsyncAPI's own tools. */
class AsyncApiIT {
    private static final Path DOCUMENT = Path.of("docs/asyncapi.yaml");
    private static final String PARSER = "@asyncapi/parser@3.4.0";

    /** With the parser that AsyncAPI's own tools use; it checks the examples against the schemas, too. */
    @Test
    void asyncApisOwnParserAcceptsIt() throws Exception {
        Path folder = Path.of("target", "asyncapi").toAbsolutePath();
        install(folder);
        Path log = folder.resolve("parser.log");
        Process parser = new ProcessBuilder(
                        "node",
                        Path.of("src/test/resources/contract/parse.cjs")
                                .toAbsolutePath()
                                .toString(),
                        DOCUMENT.toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();

        int status = Patience.awaitEnd(parser, "the parser of AsyncAPI");

        assertThat(status).as(() -> read(log)).isZero();
        assertThat(read(log))
                .contains("channels 6", "messages " + Contract.types().size());
    }

    private static void install(Path folder) throws IOException, InterruptedException {
        if (Files.isDirectory(folder.resolve("node_modules/@asyncapi/parser"))) {
            return;
        }
        Files.createDirectories(folder);
        Path log = folder.resolve("npm.log");
        try {
            Process npm = new ProcessBuilder(
                            "npm",
                            "install",
                            "--prefix",
                            folder.toString(),
                            "--no-save",
                            "--no-package-lock",
                            "--no-audit",
                            "--no-fund",
                            "--ignore-scripts",
                            PARSER)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (Patience.awaitEnd(npm, "npm install") != 0) {
                throw skipped("npm cannot install " + PARSER + ": " + read(log));
            }
        } catch (IOException e) {
            throw skipped("npm cannot be started: " + e.getMessage());
        }
    }

    private static TestAbortedException skipped(String why) {
        String text = "THE CHECK OF docs/asyncapi.yaml BY ASYNCAPI'S PARSER WAS SKIPPED: " + why;
        System.err.println(text);
        return new TestAbortedException(text);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
