package org.sallyport.itests;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.PortForward;
import org.sallyport.lab.process.Wait;

/** A person's browser before an appliance's console: a real, headless Chromium with a profile of its own. */
final class ConsoleBrowser implements AutoCloseable {
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Duration SOON = Duration.ofSeconds(30);
    /** A grid keeps rows that it does not need in store, hidden, with the text they had. */
    private static final String ROWS = """
            function rowsOf(selector) {
                const rows = document.querySelector(selector)?.shadowRoot?.querySelectorAll('#items tr') ?? [];
                return [...rows].filter(row => !row.hidden).map(row => [...row.querySelectorAll('td slot')]
                    .map(slot => slot.assignedNodes()[0]?.textContent.replace(/\\s+/g, ' ').trim() ?? ''));
            }
            """;

    /** It misses a library for a protocol that nobody here speaks, each time it starts. */
    private static final Logger TALKATIVE = Logger.getLogger("org.openqa.selenium");

    static {
        TALKATIVE.setLevel(Level.SEVERE);
    }

    private final PortForward forward;
    private final ChromeDriver driver;

    private ConsoleBrowser(PortForward forward, ChromeDriver driver) {
        this.forward = forward;
        this.driver = driver;
    }

    /** Starts a browser; its profile and cache are kept in the directory. */
    static ConsoleBrowser open(Namespace namespace, Path directory) {
        PortForward forward = PortForward.open(namespace, "127.0.0.1", Appliance.CONSOLE_PORT);
        try {
            return new ConsoleBrowser(forward, chromium(directory));
        } catch (RuntimeException failure) {
            forward.close();
            throw failure;
        }
    }

    /** The certificate is the appliance's own; root's processes cannot have Chromium's sandbox. */
    private static ChromeDriver chromium(Path directory) {
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .withLogFile(new File(directory.toFile(), "chromedriver.log"))
                .build();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.setAcceptInsecureCerts(true);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--window-size=1600,1000",
                "--user-data-dir=" + directory.resolve("profile"));
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().timeouts().scriptTimeout(SOON);
        return driver;
    }

    /** Signs in and waits for the first page. */
    void signIn(String user, String password) {
        driver.get("https://127.0.0.1:" + forward.port() + "/sign-in");
        await("input[name=username]").sendKeys(user);
        await("input[name=password]").sendKeys(password);
        await("vaadin-button[slot=submit]").click();
        await("#sas");
    }

    /** Goes to a page by its link, without loading the document anew. */
    void goTo(String path, String shows) {
        String link = "nav a[href='" + path + "']";
        Wait.until("the link " + link, SOON, () -> isClicked(link));
        await(shows);
    }

    /** An element that was found may have been drawn anew before it is clicked. */
    private boolean isClicked(String selector) {
        try {
            await(selector).click();
            return true;
        } catch (StaleElementReferenceException drawnAnew) {
            return false;
        }
    }

    /** Waits for an element. */
    WebElement await(String selector) {
        Wait.until("the element " + selector, SOON, () -> !all(selector).isEmpty());
        return all(selector).getFirst();
    }

    /** Waits until an element is shown and holds the text. */
    void awaitText(String selector, String text) {
        Wait.until("\"" + text + "\" in " + selector, SOON, () -> text(selector).contains(text));
    }

    /** The text of an element as far as it can be seen; an element that was hidden keeps in store what it showed. */
    String text(String selector) {
        return String.valueOf(script("""
                const element = document.querySelector(arguments[0]);
                return element?.checkVisibility() ? element.innerText : '';
                """, selector));
    }

    List<WebElement> all(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    /** From now on notes what the page sends to the console. */
    void recordRequests() {
        script("""
                window.requests = [];
                const send = XMLHttpRequest.prototype.send;
                const open = XMLHttpRequest.prototype.open;
                XMLHttpRequest.prototype.open = function (method, url, ...rest) {
                    this.recordedUrl = url;
                    return open.call(this, method, url, ...rest);
                };
                XMLHttpRequest.prototype.send = function (body) {
                    try {
                        const message = JSON.parse(body);
                        if (message.csrfToken) {
                            window.requests.push({url: this.recordedUrl, message});
                        }
                    } catch (notOurs) {
                        // Only messages of the page's own protocol are of interest.
                    }
                    return send.call(this, body);
                };
                """);
    }

    /** What the page has asked the console to do since requests are recorded, as JSON. */
    String recordedCalls() {
        return String.valueOf(script("return JSON.stringify((window.requests ?? []).flatMap(r => r.message.rpc))"));
    }

    /**
     * Sends calls that somebody else recorded as this page's own, with its session and its token, to every component that
     * the page has: whoever knows the protocol needs no button. It is an error when the console does not take them.
     */
    void forge(String calls) {
        Object outcome = asyncScript("""
                const calls = JSON.parse(arguments[0]);
                const done = arguments[1];
                const own = window.requests.at(-1);
                let number = own.message.clientId;
                async function post(rpc) {
                    number++;
                    const answer = await fetch(own.url, {
                        method: 'POST',
                        headers: {'Content-Type': 'application/json; charset=UTF-8'},
                        body: JSON.stringify({...own.message, rpc, clientId: number})
                    });
                    if (answer.status !== 200) {
                        throw new Error('the console answered ' + answer.status);
                    }
                }
                function attempts(call) {
                    const made = new Set();
                    for (let node = 1; node <= 400; node++) {
                        for (let key = 1; key <= 9; key++) {
                            made.add(JSON.stringify({...call, node}).replace(/"\\d+"/g, '"' + key + '"'));
                        }
                    }
                    return [...made].map(text => JSON.parse(text));
                }
                async function run() {
                    for (const call of calls) {
                        const all = attempts(call);
                        for (let from = 0; from < all.length; from += 1000) {
                            await post(all.slice(from, from + 1000));
                        }
                    }
                }
                run().then(() => done('taken'), failure => done('' + failure));
                """, calls);
        if (!outcome.equals("taken")) {
            throw new IllegalStateException("the forged calls did not arrive: " + outcome);
        }
    }

    /** Loads the document anew. */
    void reload(String shows) {
        driver.navigate().refresh();
        await(shows);
    }

    /** Runs a script in the page. */
    Object script(String code, Object... arguments) {
        return Objects.requireNonNullElse(((JavascriptExecutor) driver).executeScript(code, arguments), "");
    }

    /** Runs a script that calls its last argument when it is done. */
    Object asyncScript(String code, Object... arguments) {
        return Objects.requireNonNullElse(((JavascriptExecutor) driver).executeAsyncScript(code, arguments), "");
    }

    /** The number that an element shows, its digits in groups. */
    long number(String selector) {
        return parse(text(selector));
    }

    /** Reads a number as the console writes it, its digits in groups. */
    static long parse(String number) {
        String digits = number.replaceAll("\\D", "");
        return digits.isEmpty() ? -1 : Long.parseLong(digits);
    }

    /** Types into a field, in place of what stands there. */
    void type(String selector, String text) {
        WebElement field = await(selector);
        field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
        field.sendKeys(text, Keys.TAB);
    }

    /** Clicks the first of the elements that carries the text. */
    void click(String selector, String text) {
        Wait.until("\"" + text + "\" to click on", SOON, () -> button(selector, text)
                .isPresent());
        button(selector, text).orElseThrow().click();
    }

    private Optional<WebElement> button(String selector, String text) {
        return all(selector).stream()
                .filter(element -> element.getText().contains(text))
                .findFirst();
    }

    /** The rows that a grid shows, each cell's text. */
    List<List<String>> rows(String grid) {
        return ((List<?>) script(ROWS + "return rowsOf(arguments[0]);", grid))
                .stream()
                        .map(row ->
                                ((List<?>) row).stream().map(String::valueOf).toList())
                        .toList();
    }

    /**
     * From now on notes when a grid's rows change, by the browser's own clock. The notes live in the document: loading it
     * anew would lose them.
     */
    void watch(String grid) {
        script(ROWS + """
                const grid = arguments[0];
                window.notes = [];
                window.setInterval(() => {
                    const text = JSON.stringify(rowsOf(grid));
                    const last = window.notes.at(-1);
                    if (!last || last.text !== text) {
                        window.notes.push({at: Date.now(), text});
                    }
                }, 20);
                """, grid);
    }

    /** What was noted: when, in milliseconds since the epoch, and which rows were seen from then on. */
    List<Note> notes() {
        return ((List<?>) script("return window.notes ?? []"))
                .stream()
                        .map(entry -> (Map<?, ?>) entry)
                        .map(entry -> new Note(
                                ((Number) Objects.requireNonNull(entry.get("at"))).longValue(),
                                String.valueOf(entry.get("text"))))
                        .toList();
    }

    /** Rows that were seen from a moment on. */
    record Note(long millis, String rows) {}

    @Override
    public void close() {
        try {
            driver.quit();
        } finally {
            forward.close();
        }
    }
}
