namespace Pulumi;

/// <summary>
/// How generated packages are registered with the engine. Programs have no use for it; it is here because the overloads that take one
/// make some calls ambiguous.
/// </summary>
public sealed class RegisterPackageRequest
{
    private RegisterPackageRequest()
    {
    }
}
