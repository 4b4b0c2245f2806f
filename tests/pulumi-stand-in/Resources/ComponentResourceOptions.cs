namespace Pulumi;

public sealed class ComponentResourceOptions : ResourceOptions
{
    public List<ProviderResource> Providers { get => field ??= []; set; }

    public static ComponentResourceOptions Merge(ComponentResourceOptions? options1, ComponentResourceOptions? options2)
    {
        var (merged, later) = (Copy(options1), Copy(options2));
        MergeInto(merged, later);
        merged.Providers = MergeProviders(merged.Providers, later.Providers);
        return merged;
    }

    internal override ResourceOptions Clone() => Copy(this);

    private static ComponentResourceOptions Copy(ComponentResourceOptions? from)
    {
        var copy = Copy<ComponentResourceOptions>(from);
        copy.Providers = [.. from?.Providers ?? []];
        return copy;
    }

    /// <summary>One provider for each package: of several the last, in the order in which they were given.</summary>
    private static List<ProviderResource> MergeProviders(List<ProviderResource> earlier, List<ProviderResource> later)
        => [.. earlier.Concat(later).Reverse().DistinctBy(provider => provider.Package).Reverse()];
}
