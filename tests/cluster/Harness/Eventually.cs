using System.Diagnostics;
using System.Globalization;

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

/// <summary>Progress and measurements, one line each, for whoever waits for the run.</summary>
internal static class Report
{
    private static readonly Lock Writing = new();

    public static void Line(FormattableString line)
    {
        if (ClusterSettings.ReportFile is not { } file)
        {
            return;
        }

        lock (Writing)
        {
            File.AppendAllText(file, line.ToString(CultureInfo.InvariantCulture) + "\n");
        }
    }
}
