namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What applications or callers see differently in the rehearsal, and why that is left so.</summary>
/// <param name="What">What differs.</param>
/// <param name="Why">Why it is left so.</param>
/// <param name="Entry">By which way the request comes that shows it.</param>
/// <param name="Probe">The request.</param>
/// <param name="Shown">What of its outcome shows it.</param>
/// <param name="OnEnvoy">What it is on Envoy, a regular expression for all of it.</param>
/// <param name="InRehearsal">What it is in the rehearsal, a regular expression for all of it.</param>
internal sealed record KnownDifference(
    string What, string Why, EntryPoint Entry, Probe Probe, Func<Outcome, string> Shown, string OnEnvoy, string InRehearsal);
