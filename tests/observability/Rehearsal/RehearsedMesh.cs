using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Metrics;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>The declared system live on this machine, with its metrics served as `gopherctl rehearse --serve` does it.</summary>
internal sealed class RehearsedMesh : IAsyncDisposable
{
    private readonly MeshRehearsal _rehearsal;
    private readonly MetricsServer _metrics;

    private RehearsedMesh(MeshRehearsal rehearsal, MetricsServer metrics) => (_rehearsal, _metrics) = (rehearsal, metrics);

    /// <summary>The address that a Prometheus scrapes.</summary>
    public Uri Metrics => _metrics.Address;

    /// <summary>What the local stack declares with <paramref name="settings"/> in place of its own.</summary>
    public static Task<Declaration> DeclarationAsync(params string[] settings) =>
        ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(Repository.Root, "local", settings));

    /// <summary>Starts what the local stack declares with <paramref name="settings"/> in place of its own.</summary>
    public static async Task<RehearsedMesh> StartAsync(params string[] settings) => await StartAsync(await DeclarationAsync(settings));

    /// <summary>Starts what is declared.</summary>
    public static async Task<RehearsedMesh> StartAsync(Declaration declaration)
    {
        var rehearsal = await MeshRehearsal.StartAsync(seed: 1, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();
        return new(rehearsal, await MetricsServer.StartAsync(rehearsal.WriteMetrics, CancellationToken.None));
    }

    /// <summary>Sends requests through the gateway; returns when the last mirrored copy has arrived.</summary>
    public Task SendAsync(int requests) => _rehearsal.VerifyAsync(requests, _ => { }, CancellationToken.None);

    /// <summary>The text of a scrape.</summary>
    public string Scrape()
    {
        using var text = new StringWriter();
        _rehearsal.WriteMetrics(text);
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _metrics.DisposeAsync();
        await _rehearsal.DisposeAsync();
    }
}

/// <summary>A test that needs Prometheus itself; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = LocalPrometheus.SkipReason;
}
