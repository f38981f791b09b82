package org.sallyport.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountsTest {
    private final Accounts accounts = new Accounts();

    @Test
    void everybodyInTheFilesIsFoundAsTheFilesSay() throws Exception {
        List<String[]> lines = Files.readAllLines(Path.of("/etc/passwd")).stream()
                .map(line -> line.split(":", -1))
                .toList();
        assertThat(lines).isNotEmpty().allSatisfy(fields -> {
            Account account = accounts.user(fields[0]).orElseThrow();
            assertThat(account.name()).isEqualTo(fields[0]);
            assertThat(account.userId()).isEqualTo(Integer.parseUnsignedInt(fields[2]));
            assertThat(account.groupIds()).contains(Integer.parseUnsignedInt(fields[3]));
            assertThat(accounts.user(account.userId())).isPresent();
        });
    }

    @Test
    void membersOfAGroupHaveIt() throws Exception {
        for (String line : Files.readAllLines(Path.of("/etc/group"))) {
            String[] fields = line.split(":", -1);
            assertThat(accounts.group(fields[0])).hasValue(Integer.parseUnsignedInt(fields[2]));
            for (String member : fields[3].isEmpty() ? new String[0] : fields[3].split(",", -1)) {
                assertThat(accounts.user(member).orElseThrow().groupIds())
                        .contains(Integer.parseUnsignedInt(fields[2]));
            }
        }
    }

    @Test
    void whoIsNotThereIsNotFound() {
        assertThat(accounts.user("nobody-has-this-name")).isEmpty();
        assertThat(accounts.user(0x7fff_fff1)).isEmpty();
        assertThat(accounts.group("no-group-has-this-name")).isEmpty();
    }
}
