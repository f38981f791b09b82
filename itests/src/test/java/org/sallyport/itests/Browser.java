package org.sallyport.itests;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/** A real browser, signed in to a console. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PAGE = Duration.ofSeconds(20);

    private final ChromeDriver driver;
    private final String address;

    private Browser(ChromeDriver driver, String address) {
        this.driver = driver;
        this.address = address;
    }

    /** Opens the console and signs in. */
    static Browser signIn(int port, String user, String password) {
        Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "needs chromium");
        Assumptions.assumeTrue(Files.isExecutable(DRIVER), "needs chromium-driver");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.setAcceptInsecureCerts(true);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--window-size=1600,1000");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(DRIVER.toString()))
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options), "https://localhost:" + port + "/");
        try {
            browser.enter(user, password);
        } catch (RuntimeException failure) {
            browser.close();
            throw failure;
        }
        return browser;
    }

    private void enter(String user, String password) {
        driver.get(address);
        Wait.until("the sign-in page", PAGE, () -> !driver.findElements(By.cssSelector("input[name=password]"))
                .isEmpty());
        driver.findElement(By.cssSelector("input[name=username]")).sendKeys(user);
        driver.findElement(By.cssSelector("input[name=password]")).sendKeys(password);
        driver.findElement(By.cssSelector("vaadin-login-form vaadin-button, vaadin-button[slot=submit]"))
                .click();
        await("the page after sign-in", "nav", text -> !text.isEmpty());
    }

    /** Goes to a page by its link, as a person would: the document stays, so this is no reload. */
    void go(String path) {
        WebElement link = driver.findElements(By.tagName("a")).stream()
                .filter(candidate ->
                        String.valueOf(candidate.getDomAttribute("href")).equals(path))
                .findFirst()
                .orElseThrow(() -> new CommandFailedException("there is no link to \"" + path + "\""));
        link.click();
    }

    /** The text of the elements that a selector finds, in one string. */
    String text(String selector) {
        Object text = driver.executeScript(
                "return Array.from(document.querySelectorAll(arguments[0]))"
                        + ".filter(e => e.checkVisibility()).map(e => e.textContent).join('\\n')",
                selector);
        return String.valueOf(text);
    }

    /** Waits until a text is as wanted, and answers when that was, in microseconds since the epoch. */
    long await(String what, String selector, Predicate<String> wanted) {
        Wait.until(what, PAGE, () -> wanted.test(text(selector)));
        return org.sallyport.lab.appliance.EventLog.now();
    }

    /** The elements that a selector finds and that can be seen. */
    List<WebElement> visible(String selector) {
        return driver.findElements(By.cssSelector(selector)).stream()
                .filter(WebElement::isDisplayed)
                .toList();
    }

    /** Marks the document; a reload would lose the mark. */
    void mark() {
        driver.executeScript("window.sallyportMark = true");
    }

    boolean isMarked() {
        return Boolean.TRUE.equals(driver.executeScript("return window.sallyportMark === true"));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
