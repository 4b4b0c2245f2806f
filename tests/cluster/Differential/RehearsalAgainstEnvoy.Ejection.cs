using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What the stack declares of outlier detection.</summary>
public sealed partial class RehearsalAgainstEnvoy
{
    // TrafficPolicies.Default ejects a pod after five failures in a row, of which it knows when it has answered them.
    private const int Failures = 5;

    [ClusterFact]
    public async Task Both_leave_out_one_of_two_pods_once_it_fails()
    {
        foreach (var side in sides.Both)
        {
            // A pod is picked half the time: fewer than five times of 60 once in 10^12.
            var before = await side.SendAsync(EntryPoint.Sidecar, new Probe(), EjectionCase.Routing.Host, "ejection", times: 60);
            var after = await side.SendAsync(EntryPoint.Sidecar, new Probe(), EjectionCase.Routing.Host, "ejection", times: 30);

            Assert.InRange(before.Count(reply => reply.Status == 500), Failures, before.Count - 1);
            Assert.All(after, reply => Assert.Equal(200, reply.Status));
        }
    }
}
