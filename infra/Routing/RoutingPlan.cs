using System.Collections.Immutable;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Infra.Routing;

/// <summary>Which version answers and which gets copies: the meaning of a rollout's settings, before anything is declared.</summary>
/// <param name="Versions">The versions that run, the stable one first.</param>
/// <param name="Split">The share of each of them in percent; together 100.</param>
/// <param name="Mirror">The version that gets copies of requests; null when none does.</param>
/// <param name="PreviewHeader">The header by which a request chooses its version; null when there is none.</param>
public sealed record RoutingPlan(
    ImmutableArray<string> Versions,
    ImmutableArray<VersionShare> Split,
    VersionShare? Mirror,
    string? PreviewHeader)
{
    /// <summary>What goes wrong on purpose; null when nothing does.</summary>
    public FaultSettings? Fault { get; init; }

    /// <summary>How callers stay with a version; null when they do not.</summary>
    public StickyCallers? Sticky { get; init; }

    /// <summary>The plan in words, e.g. <c>v1 answers 100 % of requests; v2 gets a copy of 100 %</c>.</summary>
    public string InWords =>
        string.Join(", ", Split.Where(share => share.Percent > 0).Select(share => $"{share.Version} answers {share.Percent} % of requests"))
        + (Mirror is { } mirror ? $"; {mirror.Version} gets a copy of {mirror.Percent} %" : "");

    /// <summary>The plan of <paramref name="rollout"/>, a pure function of it.</summary>
    /// <remarks>
    /// A canary is listed at every weight, 0 and 100 included, so that between two weights nothing else changes. Istio does not send
    /// Envoy a destination of weight 0.
    /// </remarks>
    /// <exception cref="ArgumentException">No request would meet the fault on purpose, or it could be taken for one of the canary.</exception>
    public static RoutingPlan For(RolloutSettings rollout) => new(
        [.. rollout.Deployed],
        rollout.Canary is { } canary
            ? [new VersionShare(rollout.Stable, 100 - rollout.CanaryWeight), new VersionShare(canary, rollout.CanaryWeight)]
            : [new VersionShare(rollout.Stable, 100)],
        rollout is { Canary: { } trial, CanaryWeight: 0, MirrorPercent: > 0 } ? new VersionShare(trial, rollout.MirrorPercent) : null,
        rollout.PreviewHeader)
    {
        Fault = FaultIn(rollout),
        Sticky = StickyCallers.For(rollout),
    };

    /// <summary>The fault in requests for one version; null when there is none.</summary>
    /// <param name="version">The version that alone answers them.</param>
    /// <param name="chosen">Whether the requests chose it by the preview header.</param>
    public FaultSettings? FaultOf(string version, bool chosen) => Fault is { } fault && fault.Version == version && (chosen || fault.Live) ? fault : null;

    // The stack's settings say the same of each key; a program of one's own may still contradict itself.
    private static FaultSettings? FaultIn(RolloutSettings rollout)
    {
        if (rollout.Fault is not { Version: { } version } fault)
        {
            return null;
        }

        var isMet = rollout.Canary is null && version == rollout.Stable && (fault.Live || rollout.PreviewHeader is not null);
        return isMet ? fault : throw new ArgumentException(
            $"{version} cannot have faults on purpose: it has to be the stable version, and no canary beside it{(fault.Live ? "" : ", and PreviewHeader has to be set, or Live")}.");
    }
}

/// <summary>A version's share of the requests.</summary>
/// <param name="Version">The version's name.</param>
/// <param name="Percent">0 to 100.</param>
public sealed record VersionShare(string Version, int Percent);
