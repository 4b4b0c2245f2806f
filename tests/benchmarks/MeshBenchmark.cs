using System.Globalization;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Benchmarks;

/// <summary>
/// The rehearsal beside the real mesh, with the same services and the same load. Aim: 1.5 times its requests per second, at no more
/// than its p99.
/// </summary>
internal static class MeshBenchmark
{
    private const int Rounds = 5;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(4);

    public static async Task RunAsync()
    {
        if (Environment.GetEnvironmentVariable("GOPHER_CONTEXT") is null or "")
        {
            Console.WriteLine("the rehearsal beside the real mesh: not measured, there is no cluster (tests/benchmarks/run --cluster TOOL)");
            return;
        }
        var mesh = new Mesh();
        await mesh.InitializeAsync();
        var (rehearsal, address) = await Child.StartAsync("Gopherctl", "gopherctl.dll", [], "rehearse", "--stack", "local", "--requests", "100", "--serve");
        using var running = rehearsal;

        var measured = await ClosedLoop.InTurnsAsync(Rounds, Round, address, mesh.Gateway);

        Console.WriteLine($"rehearsal  {measured[0]}");
        Console.WriteLine($"real mesh  {measured[1]}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"the rehearsal carries {measured[0].PerSecond / measured[1].PerSecond:0.00} times the requests/s (aim: 1.50) at {measured[0].P99 / measured[1].P99:0.00} of the p99 (aim: 1.00 at most)"));
    }
}
