using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Infra.Security;

/// <summary>One call that is allowed. Every other call is refused, by the proxies and by the network.</summary>
/// <param name="From">Who calls.</param>
/// <param name="To">The name of the service that is called.</param>
/// <param name="Methods">The HTTP methods that are allowed; none named: every one.</param>
public sealed record AllowedCall(Caller From, string To, params ImmutableArray<string> Methods);
