using System.Diagnostics;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>Waits for conditions of the cluster.</summary>
internal static class Eventually
{
    /// <summary>Far more than anything takes: it ends a test that waits for what will not come, and measures nothing.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Asks again until the condition holds.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"{what}: not within {Limit.TotalSeconds} s");
            }

            await Task.Delay(500);
        }
    }
}
