package org.infinispan.server.loader;

import java.util.function.BiPredicate;
import javax.security.auth.Subject;
import javax.security.auth.callback.CallbackHandler;

/** Stands for a class of a part that Maven's repository does not have; what it would do is for JMX. */
public class ServerLoginModule {
  public static void setAuthenticator(BiPredicate<CallbackHandler, Subject> authenticator) {}
}
