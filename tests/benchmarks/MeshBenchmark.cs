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
        var mesh = new Mesh();
        await mesh.InitializeAsync();
        var (rehearsal, address) = await Child.StartAsync("Gopherctl", "gopherctl.dll", [], "rehearse", "--stack", "local", "--requests", "100", "--serve");
        using var running = rehearsal;

        var measured = await ClosedLoop.InTurnsAsync(Rounds, Round, address, mesh.Gateway);

        Write("rehearsal", measured[0]);
        Write("real mesh", measured[1]);
        Console.WriteLine($"  the rehearsal's requests/s, of the mesh's: {RatioGoal.AtLeast(1.5).Judge(measured[0].PerSecond / measured[1].PerSecond)}");
        Console.WriteLine($"  the rehearsal's p99, of the mesh's: {RatioGoal.AtMost(1).Judge(measured[0].P99 / measured[1].P99)}");
    }

    private static void Write(string name, Measured measured)
    {
        Console.WriteLine($"{name}  {measured}");
        Console.WriteLine($"  {measured.Costs()}");
    }
}
