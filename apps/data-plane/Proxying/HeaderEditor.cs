using GopherMesh.DataPlane.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Carries out header operations.</summary>
internal static class HeaderEditor
{
    public static void Apply(HeaderChanges changes, IHeaderDictionary headers)
    {
        foreach (var name in changes.Remove)
        {
            headers.Remove(name);
        }

        foreach (var (name, value) in changes.Set)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in changes.Add)
        {
            headers[name] = StringValues.Concat(headers[name], value);
        }
    }
}
