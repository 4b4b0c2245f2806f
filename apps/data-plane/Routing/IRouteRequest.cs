using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Routing;

/// <summary>What a route can be chosen by.</summary>
internal interface IRouteRequest
{
    string Method { get; }

    /// <summary><c>http</c> or <c>https</c>, as x-forwarded-proto has it.</summary>
    string Scheme { get; }

    /// <summary>The Host header, port included.</summary>
    string Authority { get; }

    /// <summary>The path as sent, normalized, without the query.</summary>
    string Path { get; }

    /// <summary>The query without its question mark.</summary>
    string Query { get; }

    /// <summary>The values of a header, one for each line; none if it is absent.</summary>
    StringValues Header(string name);
}
