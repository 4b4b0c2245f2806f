using System.Collections.Concurrent;
using System.Diagnostics;

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
