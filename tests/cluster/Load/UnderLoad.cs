using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Load;

/// <summary>Something happens while requests are sent.</summary>
internal static class UnderLoad
{
    /// <summary>Of all requests before, while and after something happens, no more than a number may fail.</summary>
    /// <param name="target">Where requests go.</param>
    /// <param name="bound">How many may fail.</param>
    /// <param name="what">What happens, in words.</param>
    /// <param name="happens">It, with the load under which it does.</param>
    public static async Task FailsAtMostAsync(Uri target, int bound, string what, Func<LoadGenerator, Task> happens)
    {
        await using var load = LoadGenerator.Start(target);
        await load.NextAsync(200);
        await happens(load);
        await load.NextAsync(400);

        var recording = await load.StopAsync();

        Report.Line($"{what}: {recording.Failed.Count} of {recording.Count} requests failed (bound {bound}) {recording.Failures()}");
        Assert.True(recording.Failed.Count <= bound, recording.Failures());
    }
}
