import dev.headgate.core.pick.Candidates;
import dev.headgate.core.pick.PendingRequest;
import dev.headgate.core.pick.Ranks;
import dev.headgate.core.pick.RequestRouter;
import dev.headgate.core.pick.RouterSetup;
import java.util.random.RandomGenerator;

/** Sends each request to an endpoint drawn at random, each as likely as the others. */
public class UniformRouter implements RequestRouter {
    private RandomGenerator random;

    @Override
    public void start(RouterSetup setup) {
        random = setup.random();
    }

    @Override
    public void choose(Candidates candidates, PendingRequest request, Ranks ranks) {
        if (candidates.size() > 0) {
            ranks.add(random.nextInt(candidates.size()));
        }
    }
}
