using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Infra.Security;

/// <summary>One call that is allowed. Whatever is not among <see cref="All"/> is refused, by the proxies and by the network.</summary>
/// <param name="From">Who calls.</param>
/// <param name="To">The app that is called.</param>
/// <param name="Methods">The methods of HTTP that are allowed; none named: every one.</param>
internal sealed record AllowedCall(Caller From, string To, params ImmutableArray<string> Methods)
{
    /// <summary>
    /// Every call between workloads: one line each. What callers from outside may ask is the requester's own affair; the requester itself
    /// asks with GET only.
    /// </summary>
    public static ImmutableArray<AllowedCall> All(string @namespace) =>
    [
        new(Caller.Gateway, Names.Requester),
        new(Caller.Gopher(Names.Requester, @namespace), Names.Distributor, "GET"),
    ];
}
