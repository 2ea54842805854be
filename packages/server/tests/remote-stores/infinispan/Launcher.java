import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.infinispan.server.Server;

/** Starts an Infinispan server of its libraries alone: the archive is not in Maven's repository. */
public class Launcher {
  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    for (String name : new String[] {"conf", "data", "lib", "log", "static"}) {
      Files.createDirectories(home.resolve(name));
    }
    Properties properties = new Properties();
    properties.setProperty(Server.INFINISPAN_SERVER_HOME_PATH, home.toString());
    properties.setProperty(Server.INFINISPAN_SERVER_ROOT_PATH, home.toString());
    properties.setProperty(Server.INFINISPAN_SERVER_CONFIG_PATH, home.resolve("conf").toString());
    properties.forEach((name, value) -> System.setProperty((String) name, (String) value));
    File configuration = new File(home.toFile(), "conf/infinispan.xml");
    new Server(home.toFile(), configuration, properties).run().join();
  }
}
