package org.sallyport.webui.internal.access;

import java.security.Principal;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;

/** The JAAS realm {@value #NAME} that Karaf knows. */
final class JaasRealm implements Realm {
    private static final String NAME = "sallyport-console";

    @Override
    public Set<Principal> authenticate(String name, char[] password) throws LoginException {
        Subject subject = new Subject();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // JAAS loads login modules, Karaf's proxy among them, through the thread's class loader.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            new LoginContext(NAME, subject, questions -> answer(questions, name, password)).login();
            return Set.copyOf(subject.getPrincipals());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void answer(Callback[] questions, String name, char[] password) throws UnsupportedCallbackException {
        for (Callback question : questions) {
            switch (question) {
                case NameCallback callback -> callback.setName(name);
                case PasswordCallback callback -> callback.setPassword(password);
                default -> throw new UnsupportedCallbackException(question);
            }
        }
    }
}
