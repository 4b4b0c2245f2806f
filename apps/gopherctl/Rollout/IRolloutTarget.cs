using System.Collections.Immutable;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>How the system stands to the configuration when a rollout goes on.</summary>
internal enum Standing
{
    /// <summary>The last update deployed what the configuration says.</summary>
    Deployed,

    /// <summary>The last update failed, was interrupted, or deployed something else.</summary>
    NotDeployed,

    /// <summary>
    /// On the cluster the canary gets no requests and the configuration gives it some, or the configuration gives it none and the last update did: a
    /// rollout was interrupted while it took the canary back.
    /// </summary>
    BeingTakenBack,
}

/// <summary>The system that a rollout moves: a deployed stack, or a rehearsal on this machine.</summary>
internal interface IRolloutTarget : IAsyncDisposable
{
    /// <summary>The options of the command line that name this target: <c>--stack dev</c>, <c>--rehearse</c>.</summary>
    string Options { get; }

    /// <summary>Where the counts come from, for people: a verdict is worth what they are worth.</summary>
    string CountsFrom { get; }

    /// <summary>The latency bounds that are judged, as people read them, ascending; empty where none is. They are the last of those that are counted.</summary>
    ImmutableArray<string> Bounds { get; }

    /// <summary>Whether one instant gives the counts of both versions, so that a canary that answers too few requests can be told.</summary>
    bool CountsAtOneInstant { get; }

    /// <summary>Reads what the stack's configuration says now.</summary>
    /// <exception cref="UserException">The configuration cannot be read.</exception>
    Task<StackState> ReadAsync(CancellationToken cancellation);

    /// <summary>Sets configuration values and brings the system to what they declare; returns when it is in force.</summary>
    /// <param name="changes">The values, in order.</param>
    /// <param name="message">What the stack's history keeps of it.</param>
    /// <param name="cancellation">Asks a running update to stop, and waits until it has.</param>
    /// <exception cref="UserException">The update failed or was cancelled, or somebody else holds the stack's lock.</exception>
    Task DeployAsync(IReadOnlyList<ConfigChange> changes, string message, CancellationToken cancellation);

    /// <summary>Says that the canary is about to be promoted: from then on nobody is told that it is taken back.</summary>
    /// <returns>False when somebody has asked for the way back already; then it is not to be promoted.</returns>
    bool BeginPromotion();

    /// <summary>
    /// Takes all requests from the canary where they are routed, and leaves the configuration as it is: for the time until
    /// <see cref="TakeBackAsync"/>, which a running update delays.
    /// </summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether the canary gets none now; false where only an update can do it.</returns>
    Task<bool> CutAsync(CancellationToken cancellation);

    /// <summary>Takes all requests from the canary, as fast as it goes, and sets <see cref="RolloutPlan.Back"/>.</summary>
    /// <param name="message">What the stack's history keeps of it.</param>
    /// <param name="cancellation">Of a deployed stack it stops nothing: somebody who interrupts is told that the way back is finished first.</param>
    /// <exception cref="UserException">The update failed; the message says whether the canary still gets requests.</exception>
    Task TakeBackAsync(string message, CancellationToken cancellation);

    /// <summary>Finds out what an earlier rollout left.</summary>
    /// <param name="state">What the configuration says.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How the system stands to it, and the percentage of requests that the version has which is rolled out; 0 where it has no route.</returns>
    /// <exception cref="UserException">It cannot be told.</exception>
    Task<(Standing Standing, int InForce)> StandingAsync(StackState state, CancellationToken cancellation);

    /// <summary>Looks for a change that this rollout did not make: of the configuration, of the stack's history, of the weights in force.</summary>
    /// <param name="expected">What this rollout left behind.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was found, in a sentence; null when nothing was.</returns>
    Task<string?> ForeignChangeAsync(StackState expected, CancellationToken cancellation);

    /// <summary>Looks for what somebody changed or deleted of all that is deployed, or added to it, past the stack. It takes seconds, so a rollout looks once, at its start.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was found, in a sentence, and the lines that take it back; null when nothing was.</returns>
    /// <exception cref="UserException">It cannot be told.</exception>
    Task<(string Found, IReadOnlyList<string> TakesBack)?> DriftAsync(CancellationToken cancellation);

    /// <summary>Reads how many of the canary's pods are ready, where an autoscaler has to bring those that a stage needs.</summary>
    /// <param name="next">The stage that is to come.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null where no autoscaler has to: the update waits for the pods.</returns>
    /// <exception cref="UserException">It cannot be told now.</exception>
    Task<CanaryPods?> PodsAsync(StackState next, CancellationToken cancellation);

    /// <summary>Reads the counters of both versions.</summary>
    /// <param name="state">What is in force: at weight 0 the canary's copies are counted.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<Reading> CountsAsync(StackState state, CancellationToken cancellation);
}
