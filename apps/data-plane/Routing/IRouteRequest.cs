using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Routing;

/// <summary>The properties of a request that can choose a route.</summary>
internal interface IRouteRequest
{
    string Method { get; }

    /// <summary><c>http</c> or <c>https</c>, the value of x-forwarded-proto.</summary>
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
