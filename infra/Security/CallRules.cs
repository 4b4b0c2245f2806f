using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using Pulumi;

namespace GopherMesh.Infra.Security;

/// <summary>One call that is allowed. Every other call is refused, by the proxies and by the network.</summary>
/// <param name="From">Who calls.</param>
/// <param name="To">The name of the service that is called.</param>
/// <param name="Methods">The HTTP methods that are allowed; none named: every one.</param>
public sealed record AllowedCall(Caller From, string To, params ImmutableArray<string> Methods);

/// <summary>The allowed calls as a proxy checks them: by the identity in the caller's certificate.</summary>
/// <remarks>
/// A mirrored request comes from the requester's proxy with its identity. The kubelet's probes do not pass here: Istio's injector has
/// rewritten them to the agent's port 15020, and the agent calls the container.
/// </remarks>
internal static class CallRules
{
    private const string AllowAction = "ALLOW";

    /// <summary>Allows the callers of <paramref name="app"/>; because this policy exists, every other call is refused.</summary>
    public static AuthorizationPolicySpecArgs Allow(string app, IEnumerable<AllowedCall> calls) => new()
    {
        Selector = new WorkloadSelectorArgs { MatchLabels = new InputMap<string> { { Names.AppLabel, app } } },
        Action = AllowAction,
        Rules = [.. calls.Select(Rule)],
    };

    /// <summary>Matches no request, so that a pod without another policy refuses every request.</summary>
    public static AuthorizationPolicySpecArgs AllowNothing() => new() { Action = AllowAction };

    private static AuthorizationRuleArgs Rule(AllowedCall call) => new()
    {
        From = new AuthorizationFromArgs { Source = new AuthorizationSourceArgs { Principals = call.From.Principal } },
        To = new AuthorizationToArgs
        {
            Operation = new AuthorizationOperationArgs
            {
                Ports = Names.ContainerPort.ToString(CultureInfo.InvariantCulture),
                Methods = call.Methods.IsEmpty ? null : (InputList<string>)call.Methods,
            },
        },
    };
}
