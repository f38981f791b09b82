package org.sallyport.lab.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What surefire's reports say.
 *
 * @param passed tests that passed
 * @param failures tests that did not, in words
 * @param skips tests that were skipped, with the reason
 * @param secondTries tests that passed only when they were run again, with what the first try said
 */
record TestSummary(long passed, List<String> failures, List<String> skips, List<String> secondTries) {
    TestSummary {
        failures = List.copyOf(failures);
        skips = List.copyOf(skips);
        secondTries = List.copyOf(secondTries);
    }

    /** Reads the reports that are not older than the given time. */
    static TestSummary read(Path root, Instant notBefore) throws IOException {
        long passed = 0;
        List<String> failures = new ArrayList<>();
        List<String> skips = new ArrayList<>();
        List<String> secondTries = new ArrayList<>();
        for (Path report : reports(root, notBefore)) {
            NodeList cases = parse(report).getElementsByTagName("testcase");
            for (int index = 0; index < cases.getLength(); index++) {
                Element test = (Element) cases.item(index);
                String name = test.getAttribute("classname") + "." + test.getAttribute("name");
                String failure = message(test, "failure") + message(test, "error");
                String skip = message(test, "skipped");
                String firstTry = message(test, "flakyFailure") + message(test, "flakyError");
                if (!failure.isEmpty()) {
                    failures.add(name + ": " + failure);
                } else if (!skip.isEmpty()) {
                    skips.add(name + ": " + skip);
                } else {
                    passed++;
                }
                if (!firstTry.isEmpty()) {
                    secondTries.add(name + ": " + firstTry);
                }
            }
        }
        return new TestSummary(passed, failures, skips, secondTries);
    }

    private static List<Path> reports(Path root, Instant notBefore) throws IOException {
        try (Stream<Path> files = Files.walk(root, 6)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .filter(file -> file.toString().contains("surefire-reports"))
                    .filter(file ->
                            !file.toFile().isDirectory() && file.toFile().lastModified() >= notBefore.toEpochMilli())
                    .sorted()
                    .toList();
        }
    }

    private static Element parse(Path report) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            return builder.parse(report.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException failure) {
            throw new IOException(report + " is no test report", failure);
        }
    }

    /** The first line of what a test's child element says, or the empty string when there is no such element. */
    private static String message(Element test, String element) {
        NodeList found = test.getElementsByTagName(element);
        if (found.getLength() == 0) {
            return "";
        }
        String message = ((Element) found.item(0)).getAttribute("message");
        String text = message.isBlank() ? found.item(0).getTextContent() : message;
        return text.strip().lines().findFirst().filter(line -> !line.isBlank()).orElse("without a word");
    }

    long failed() {
        return failures.size();
    }

    String line() {
        return "%d passed, %d failed, %d skipped".formatted(passed, failures.size(), skips.size());
    }
}
