using System.Diagnostics;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>Waits for conditions of the cluster.</summary>
internal static class Eventually
{
    /// <summary>Far more than anything takes: it ends a test that waits for what will not come, and measures nothing.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Asks again until the condition holds.</summary>
    /// <param name="what">What failures call it.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="limit">How long; null for far more than anything takes.</param>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (limit ?? Limit))
            {
                throw new TimeoutException($"{what}: not within {(limit ?? Limit).TotalSeconds} s");
            }

            await Task.Delay(500);
        }
    }
}
