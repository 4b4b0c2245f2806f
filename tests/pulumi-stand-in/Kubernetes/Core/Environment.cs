namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class EnvVarArgs : ResourceArgs
{
    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;

    [Input("value")]
    public Input<string>? Value { get; set; }

    [Input("valueFrom")]
    public Input<EnvVarSourceArgs>? ValueFrom { get; set; }
}

public class EnvVarSourceArgs : ResourceArgs
{
    [Input("configMapKeyRef")]
    public Input<ConfigMapKeySelectorArgs>? ConfigMapKeyRef { get; set; }

    [Input("fieldRef")]
    public Input<ObjectFieldSelectorArgs>? FieldRef { get; set; }

    [Input("resourceFieldRef")]
    public Input<ResourceFieldSelectorArgs>? ResourceFieldRef { get; set; }

    [Input("secretKeyRef")]
    public Input<SecretKeySelectorArgs>? SecretKeyRef { get; set; }
}

public class EnvFromSourceArgs : ResourceArgs
{
    [Input("configMapRef")]
    public Input<ConfigMapEnvSourceArgs>? ConfigMapRef { get; set; }

    [Input("prefix")]
    public Input<string>? Prefix { get; set; }

    [Input("secretRef")]
    public Input<SecretEnvSourceArgs>? SecretRef { get; set; }
}

public class ObjectFieldSelectorArgs : ResourceArgs
{
    [Input("apiVersion")]
    public Input<string>? ApiVersion { get; set; }

    [Input("fieldPath", required: true)]
    public Input<string> FieldPath { get; set; } = null!;
}

public class ResourceFieldSelectorArgs : ResourceArgs
{
    [Input("containerName")]
    public Input<string>? ContainerName { get; set; }

    [Input("divisor")]
    public Input<string>? Divisor { get; set; }

    [Input("resource", required: true)]
    public Input<string> Resource { get; set; } = null!;
}

public class ConfigMapKeySelectorArgs : ResourceArgs
{
    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("optional")]
    public Input<bool>? Optional { get; set; }
}

public class SecretKeySelectorArgs : ResourceArgs
{
    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("optional")]
    public Input<bool>? Optional { get; set; }
}

public class ConfigMapEnvSourceArgs : ResourceArgs
{
    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("optional")]
    public Input<bool>? Optional { get; set; }
}

public class SecretEnvSourceArgs : ResourceArgs
{
    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("optional")]
    public Input<bool>? Optional { get; set; }
}
