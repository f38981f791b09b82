package org.sallyport.spd.internal.service;

import java.util.OptionalInt;
import org.sallyport.linux.process.Account;
import org.sallyport.linux.process.Accounts;
import org.sallyport.spd.internal.config.HostAccounts;

/** Asks the host. */
final class LinuxAccounts implements HostAccounts {
    private final Accounts accounts = new Accounts();

    @Override
    public OptionalInt user(String name) {
        return accounts.user(name).map(Account::userId).map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    @Override
    public OptionalInt group(String name) {
        return accounts.group(name);
    }
}
