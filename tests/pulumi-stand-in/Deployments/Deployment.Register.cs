using Pulumi.Serialization;
using Pulumi.Testing;

namespace Pulumi;

public sealed partial class Deployment
{
    internal void ReadOrRegister(Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
        => Runner.RegisterTask(CompleteAsync(resource, remote, args, options));

    internal void RegisterOutputs(Resource resource, Output<IDictionary<string, object?>> outputs)
        => Runner.RegisterTask(RegisterOutputsAsync(resource, outputs));

    /// <summary>Registers the resource and resolves its outputs with the answer, or all of them with the failure.</summary>
    private async Task CompleteAsync(Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
    {
        var sources = resource.CompletionSources;
        try
        {
            Resolve(resource, await ReadOrRegisterAsync(resource, remote, args, options).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            foreach (var source in sources.Values)
            {
                source.TrySetException(e);
            }

            throw;
        }
        finally
        {
            foreach (var source in sources.Values)
            {
                source.TrySetDefault(isKnown: !IsDryRun);
            }
        }
    }

    private static void Resolve(Resource resource, MonitorResponse response)
    {
        var converter = new Converter(warning => Pulumi.Log.Warn(warning, resource));
        foreach (var (name, source) in resource.CompletionSources.OrderBy(pair => pair.Key is Wire.Urn or Wire.Id ? 0 : 1))
        {
            if (name == Wire.Urn)
            {
                source.Set(OutputData.Known<object?>(response.Urn));
            }
            else if (name == Wire.Id && resource is CustomResource)
            {
                source.Set(new([], response.Id, response.Id.Length > 0, IsSecret: false));
            }
            else if (name != Wire.Id && response.State.TryGetValue(name, out var value))
            {
                source.Set(converter.Convert($"{resource.GetType().FullName}.{name}", value, source.TargetType));
            }
        }
    }

    private async Task<MonitorResponse> ReadOrRegisterAsync(Resource resource, bool remote, ResourceArgs args, ResourceOptions options)
    {
        if (options.Urn is { } urn)
        {
            return _monitor.Find(urn);
        }

        var label = $"resource:{resource.GetResourceName()}[{resource.GetResourceType()}]";
        if (options.Id is { } idInput
            && await idInput.ToOutput().GetValueAsync(whenUnknown: "").ConfigureAwait(false) is { Length: > 0 } id)
        {
            if (resource is not CustomResource)
            {
                throw new ArgumentException(
                    $"{nameof(ResourceOptions)}.{nameof(ResourceOptions.Id)} is only valid for a {nameof(CustomResource)}");
            }

            var read = await PrepareAsync($"{label}#...", resource, remote: false, args, options).ConfigureAwait(false);
            return await _monitor.ReadAsync(resource, read with { Id = id }).ConfigureAwait(false);
        }

        if (options.DeletedWith is { } owner)
        {
            await owner.Urn.GetValueAsync(whenUnknown: "").ConfigureAwait(false);
        }

        var request = await PrepareAsync(label, resource, remote, args, options).ConfigureAwait(false);
        var importId = (options as CustomResourceOptions)?.ImportId ?? "";
        return await _monitor.RegisterAsync(resource, request with { Id = importId }).ConfigureAwait(false);
    }

    private async Task RegisterOutputsAsync(Resource resource, Output<IDictionary<string, object?>> outputs)
    {
        var urn = await resource.Urn.GetValueAsync(whenUnknown: null!).ConfigureAwait(false);
        var values = await outputs.GetValueAsync(whenUnknown: null!).ConfigureAwait(false);
        var (properties, _) = await SerializeAsync("monitor.registerResourceOutputs(...)", values, _ => true).ConfigureAwait(false);
        await _monitor.RegisterOutputsAsync(urn, properties).ConfigureAwait(false);
    }
}
