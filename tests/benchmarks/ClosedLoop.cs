using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace GopherMesh.Benchmarks;

/// <summary>Callers that ask again as soon as they are answered.</summary>
internal static class ClosedLoop
{
    private const int Callers = 16;

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });

    /// <summary>Measures for a time, after the address has been warmed up.</summary>
    /// <exception cref="BenchmarkException">A request was not answered with 200.</exception>
    public static async Task<Measured> RunAsync(Uri address, TimeSpan time)
    {
        var latencies = new ConcurrentBag<TimeSpan>();
        var failed = 0;
        var (before, start) = (CpuAccount.Read(), Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var sent = Stopwatch.GetTimestamp();
                if (!await AskAsync(address))
                {
                    Interlocked.Increment(ref failed);
                }

                latencies.Add(Stopwatch.GetElapsedTime(sent));
            }
        }));
        var (elapsed, cpu) = (Stopwatch.GetElapsedTime(start), CpuAccount.Read().Since(before));
        if (failed > 0)
        {
            throw new BenchmarkException($"{failed} of {latencies.Count} requests to {address} failed: that tells nothing of how fast it answers");
        }

        var sorted = latencies.Order().ToList();
        return new Measured(sorted.Count, elapsed, sorted[sorted.Count / 2], sorted[(int)(sorted.Count * 0.99)], cpu);
    }

    /// <summary>Measures addresses in turns, so that whatever else the machine does meets all of them alike.</summary>
    public static async Task<IReadOnlyList<Measured>> InTurnsAsync(int rounds, TimeSpan time, params Uri[] addresses)
    {
        var measured = addresses.Select(_ => new List<Measured>()).ToList();
        foreach (var address in addresses)
        {
            await RunAsync(address, time);
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var (address, results) in addresses.Zip(measured))
            {
                results.Add(await RunAsync(address, time));
            }
        }

        return [.. measured.Select(Measured.Median)];
    }

    private static async Task<bool> AskAsync(Uri address)
    {
        try
        {
            using var response = await Client.GetAsync(address);
            await response.Content.ReadAsByteArrayAsync();
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>What a load saw.</summary>
/// <param name="Requests">How many requests were answered.</param>
/// <param name="Time">In which time.</param>
/// <param name="P50">The latency of half of them.</param>
/// <param name="P99">The latency of all but one in a hundred.</param>
/// <param name="Cpu">The CPU time that all programs of the machine took meanwhile.</param>
internal sealed record Measured(int Requests, TimeSpan Time, TimeSpan P50, TimeSpan P99, CpuAccount Cpu)
{
    /// <summary>Requests answered a second.</summary>
    public double PerSecond => Requests / Time.TotalSeconds;

    /// <summary>The round in the middle, by requests per second: a single disturbed round decides nothing.</summary>
    public static Measured Median(IEnumerable<Measured> rounds) =>
        rounds.OrderBy(round => round.PerSecond).ToList() is var sorted ? sorted[sorted.Count / 2] : null!;

    /// <summary>Where the time went: what bounds the figures when the machine is busy.</summary>
    public string Costs() => string.Create(CultureInfo.InvariantCulture,
        $"machine {Cpu.Total / (Time * Environment.ProcessorCount):P0} busy; CPU a request: {Cpu.PerRequest(Requests)}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{PerSecond,8:0} requests/s, p50 {P50.TotalMilliseconds:0.00} ms, p99 {P99.TotalMilliseconds:0.00} ms");
}

/// <summary>What was measured means nothing.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);

/// <summary>What a ratio ought to be.</summary>
/// <param name="Bound">The ratio's bound.</param>
/// <param name="IsLeast">Whether the bound is the least that will do, or the most.</param>
internal sealed record RatioGoal(double Bound, bool IsLeast)
{
    public static RatioGoal AtLeast(double bound) => new(bound, IsLeast: true);

    public static RatioGoal AtMost(double bound) => new(bound, IsLeast: false);

    /// <summary>A ratio, its aim, and whether it is met, e.g. <c>0.97 (aim: at least 0.90, met)</c>.</summary>
    public string Judge(double ratio) => string.Create(CultureInfo.InvariantCulture,
        $"{ratio:0.00} (aim: at {(IsLeast ? "least" : "most")} {Bound:0.00}, {(IsMet(ratio) ? "met" : "missed")})");

    private bool IsMet(double ratio) => IsLeast ? ratio >= Bound : ratio <= Bound;
}
